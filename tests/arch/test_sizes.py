"""One idea a file, one screen a function."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.arch.house import ROOT, functions, modules, place, syntax

LONGEST_FUNCTION = 60
LONGEST_FILE = 400


def test_no_function_is_longer_than_a_screen() -> None:
    long = []
    for path in (*modules(), ROOT / "dev.py"):
        for node in functions(path):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                long.append(f"{place(path, node)} {node.name}: {lines} lines")

    assert not long, "\n".join(long)


def test_no_file_holds_two_ideas() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}

    long = [f"{place(path)}: {lines} lines" for path, lines in lengths.items() if lines > LONGEST_FILE]

    assert not long, "\n".join(long)


def test_every_file_says_in_its_first_line_what_it_is() -> None:
    silent = [place(path) for path in modules() if not _first_line(path).rstrip().endswith((".", "?", ":"))]

    assert not silent, "\n".join(silent)


def _first_line(path: Path) -> str:
    return (ast.get_docstring(syntax(path)) or "").partition("\n")[0]
