"""Imports point down only, and the pure rooms stay pure."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from importlinter.application import use_cases
from importlinter.configuration import configure

from tests.arch.house import ROOT, modules, place, syntax

PURE_ROOMS = ("core", "formats", "ecosystems", "rules", "naming")
FORBIDDEN_MODULES = {
    "http.client",
    "urllib.request",
    "urllib.error",
    "socketserver",
    "os",
    "shutil",
    "tempfile",
    "glob",
}
FORBIDDEN_CALLS = {"open", "input", "print", "exec", "eval", "compile", "__import__"}
CLOCK_CALLS = {"now", "utcnow", "today"}


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    configure()

    kept = use_cases.lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)

    assert kept, "the broken contracts stand in the output above"


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_touches_no_file_clock_or_network(room: str) -> None:
    found = [finding for path in modules(room) for finding in _impurities(path)]

    assert modules(room), f"src/pratique/{room} is a room of the house"
    assert not found, "\n".join(found)


def test_settings_are_read_by_the_top_of_the_house_only() -> None:
    readers = [
        place(path, node)
        for path in modules()
        for node in ast.walk(syntax(path))
        if isinstance(node, (ast.Import, ast.ImportFrom)) and "pratique.settings" in _imported(node)
    ]

    allowed = {"app.py", "cli", "settings.py", "settings"}
    assert not [reader for reader in readers if Path(reader).parts[2].partition(":")[0] not in allowed]


def _impurities(path: Path) -> list[str]:
    found = []
    for node in ast.walk(syntax(path)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = set(_imported(node)) & FORBIDDEN_MODULES
            found += [f"{place(path, node)} imports {name}" for name in names]
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
                found.append(f"{place(path, node)} calls {node.func.id}()")
            if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS and not node.args:
                found.append(f"{place(path, node)} asks the clock: {ast.unparse(node.func)}()")
    return found


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = node.module or ""
    return [module, *(f"{module}.{alias.name}" for alias in node.names)]
