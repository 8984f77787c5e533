"""Imports point down only, and the pure rooms stay pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.application import use_cases
from importlinter.configuration import configure

from tests.arch.house import ROOT, SOURCE, modules, place, syntax

PURE_ROOMS = ("core", "formats", "ecosystems", "rules", "naming")
FORBIDDEN_MODULES = (
    {"os", "pathlib", "shutil", "tempfile", "glob", "fileinput", "mmap", "fcntl"}
    | {"importlib"}
    | {"subprocess", "multiprocessing", "concurrent", "threading", "_thread", "asyncio", "queue", "signal"}
    | {"selectors", "sched"}
    | {"socket", "ssl", "socketserver", "http.client", "http.server", "urllib.request", "urllib.error", "ftplib"}
    | {"smtplib", "poplib", "imaplib"}
    | {"time", "random", "secrets", "uuid"}
    | {"sqlite3", "dbm", "shelve", "pickle"}
    | {"logging", "getpass", "platform", "atexit", "gc", "ctypes"}
)
"""With everything below them: what reads the machine, the clock or chance, or holds state that threads share."""

NEEDED = {
    "core/events.py": {"uuid"},  # an event is named where it is made
    "naming/corpus.py": {"importlib"},  # names that come with the package, read as its resource
    "ecosystems/pypi/multipart.py": {"logging"},  # silences the parser's own log
}
FORBIDDEN_CALLS = {"open", "input", "print", "exec", "eval", "compile", "__import__"}
CLOCK_CALLS = {"now", "utcnow", "today", "time_ns", "monotonic", "perf_counter"}
CLOCKS = {"datetime", "date", "time"}


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    configure()

    kept = use_cases.lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)

    assert kept, "the broken contracts stand in the output above"


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_touches_no_file_clock_or_network(room: str) -> None:
    found = [
        f"{place(path, node)} {fault}"
        for path in modules(room)
        for node, fault in _impurities(syntax(path), NEEDED.get(path.relative_to(SOURCE).as_posix(), set()))
    ]

    assert modules(room), f"src/pratique/{room} is a room of the house"
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now()",
        "datetime.now(UTC)",
        "datetime.now(tz=UTC)",
        "datetime.datetime.now(UTC)",
        "dt.datetime.utcnow()",
        "date.today()",
        "clock = datetime.now",
        "field(default_factory=date.today)",
        "time.time()",
        "from time import time",
        "from time import monotonic as tick",
        "import pathlib",
        "from pathlib import Path",
        "import os.path",
        "from os import environ",
        "import random",
        "from secrets import token_hex",
        "from uuid import uuid4",
        "import subprocess",
        "from threading import Lock",
        "from concurrent.futures import ThreadPoolExecutor",
        "from urllib.request import urlopen",
        "from http import client",
        "open('file')",
    ],
)
def test_what_would_make_a_room_impure_is_noticed(line: str) -> None:
    assert list(_impurities(ast.parse(line), set()))


@pytest.mark.parametrize(
    "line",
    [
        "facts.now",
        "age = facts.now - published",
        "datetime.fromtimestamp(0, UTC)",
        "from datetime import UTC, datetime",
        "from urllib.parse import quote",
        "from http import HTTPStatus",
        "file.published.time",
    ],
)
def test_what_a_pure_room_may_do_is_not_taken_for_a_fault(line: str) -> None:
    assert not list(_impurities(ast.parse(line), set()))


def test_every_exception_is_still_needed() -> None:
    used = {
        name: {fault.rpartition(" ")[2] for _, fault in _impurities(syntax(SOURCE / name), set())} for name in NEEDED
    }

    assert {name: {one.partition(".")[0] for one in found} for name, found in used.items()} == NEEDED


def test_settings_are_read_by_the_top_of_the_house_only() -> None:
    readers = [
        place(path, node)
        for path in modules()
        for node in ast.walk(syntax(path))
        if isinstance(node, (ast.Import, ast.ImportFrom)) and "pratique.settings" in _imported(node)
    ]

    allowed = {"app", "cli", "settings.py", "settings"}
    assert not [reader for reader in readers if Path(reader).parts[2].partition(":")[0] not in allowed]


def _impurities(tree: ast.Module, needed: set[str]) -> Iterator[tuple[ast.AST, str]]:
    """Where a module leaves purity, and how."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((node, f"imports {name}") for name in _imported(node) if _is_forbidden(name, needed))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            yield node, f"calls {node.func.id}()"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS:
            yield node, f"asks the clock: {ast.unparse(node.func)}()"
        elif isinstance(node, ast.Attribute) and _is_clock(node):
            yield node, f"takes the clock along: {ast.unparse(node)}"


def _is_forbidden(module: str, needed: set[str]) -> bool:
    parts = module.split(".")
    whole = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return bool(whole & FORBIDDEN_MODULES) and not whole & needed


def _is_clock(node: ast.Attribute) -> bool:
    """`datetime.now`, also where nobody calls it yet, and `time.time`."""
    owner = ast.unparse(node.value).rpartition(".")[2]
    return owner in CLOCKS and node.attr in (*CLOCK_CALLS, "time")


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = node.module or ""
    return [module, *(f"{module}.{alias.name}" for alias in node.names)]
