"""Documents name what exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.arch.house import ROOT, SOURCE, syntax

ROOMS = sorted(path.stem for path in SOURCE.iterdir() if path.name not in ("__pycache__", "__init__.py"))
DOTTED = re.compile(rf"`((?:{'|'.join(ROOMS)})(?:\.\w+)+)`")
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_and_function_that_a_document_names_exists(document: Path) -> None:
    unknown = [name for name in DOTTED.findall(document.read_text("utf-8")) if not exists(name)]

    assert not unknown, unknown


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    broken = [target for target in LINK.findall(document.read_text("utf-8")) if not (document.parent / target).exists()]

    assert not broken, broken


def exists(name: str) -> bool:
    """Whether `room.module`, `room.module.function` or `room.module.Class.method` is there."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = SOURCE.joinpath(*parts[:length])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return defines(syntax(file), parts[length:])
    return False


def defines(tree: ast.Module | ast.ClassDef, names: list[str]) -> bool:
    if not names:
        return True
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == names[0]:
            return len(names) == 1 or (isinstance(node, ast.ClassDef) and defines(node, names[1:]))
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and len(names) == 1:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == names[0] for target in targets):
                return True
    return False
