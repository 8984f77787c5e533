"""Names that explain themselves."""

from __future__ import annotations

import ast

import pytest

from tests.arch.house import SOURCE, modules, place, syntax

EMPTY_WORDS = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "stuff"}
ECOSYSTEM_ROOMS = {"__init__", "names", "versions", "archive", "publish", "index", "routes", "refusal"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = [place(path) for path in modules() if EMPTY_WORDS & set(path.stem.split("_"))]

    assert not empty, "\n".join(empty)


def test_no_class_or_function_has_a_name_that_says_nothing() -> None:
    defined = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    empty = [
        f"{place(path, node)} {node.name}"
        for path in modules()
        for node in ast.walk(syntax(path))
        if isinstance(node, defined) and node.name.lower().endswith(("manager", "helper", "utils", "process_data"))
    ]

    assert not empty, "\n".join(empty)


def ecosystem_folders() -> list[str]:
    folders = (SOURCE / "ecosystems").iterdir()
    return sorted(path.name for path in folders if path.is_dir() and path.name != "__pycache__")


@pytest.mark.parametrize("ecosystem", ecosystem_folders())
def test_every_ecosystem_has_the_same_rooms(ecosystem: str) -> None:
    folder = SOURCE / "ecosystems" / ecosystem
    rooms = {path.stem if path.is_file() else path.name for path in folder.iterdir()}

    assert rooms >= ECOSYSTEM_ROOMS, f"{ecosystem} lacks {sorted(ECOSYSTEM_ROOMS - rooms)}"
