"""The SeaweedFS that the tests run as an object store: the machine's, else one from a hashed lock.

Standard library only.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests import stock_clients

BROUGHT = stock_clients.Kit(
    "seaweedfs",
    "PyPI",
    (stock_clients.LOCKS / "seaweedfs.txt",),
    {"SeaweedFS": f"{stock_clients.SCRIPTS}/weed"},
)
"""Installed only where the machine has none."""


def program() -> Path | None:
    """Where `weed` stands, None if there is none."""
    on_path = shutil.which("weed")
    if on_path:
        return Path(on_path)
    return next(iter(BROUGHT.folder.glob(BROUGHT.programs["SeaweedFS"])), None)


def prepare(python: Path, install_python: Callable[[Path, Path], None]) -> bool:
    """Bring one where the machine has none; whether there is one now. What cannot be installed is printed by name.

    Args:
        python: an interpreter for an environment to install into.
        install_python: puts what a lock says into the environment of an interpreter; raises CalledProcessError.
    """
    if shutil.which("weed") is None and not stock_clients.is_installed(BROUGHT, python):
        stock_clients.install(BROUGHT, python, install_python)
    return program() is not None
