"""The lockfiles of Python's clients, each form in a file of its own."""

from __future__ import annotations

from collections.abc import Callable

from pratique.core.globs import glob_matches
from pratique.core.lockfiles import Lockfile
from pratique.ecosystems.pypi.lockfiles import (
    pdm_lock,
    pipfile_lock,
    poetry_lock,
    pylock,
    requirements,
    uv_lock,
)
from pratique.ecosystems.pypi.lockfiles.pins import MAX_BYTES
from pratique.ecosystems.pypi.lockfiles.places import leads_to, searches_here

__all__ = ["LOCKFILES", "MAX_BYTES", "check_lockfile_name", "leads_to", "read_lockfile", "searches_here"]

_READERS: dict[str, Callable[[bytes], Lockfile]] = {
    "uv.lock": uv_lock.read,
    "poetry.lock": poetry_lock.read,
    "pylock.toml": pylock.read,
    "pylock.*.toml": pylock.read,
    "Pipfile.lock": pipfile_lock.read,
    "pdm.lock": pdm_lock.read,
    "requirements*.txt": requirements.read,
}

LOCKFILES = tuple(_READERS)
"""How they are called."""


def check_lockfile_name(_filename: str) -> None:
    """All of them can be read."""


def read_lockfile(filename: str, content: bytes) -> Lockfile:
    """What a lockfile pins.

    Raises:
        Invalid: it is no lockfile of this name, or pins something under no name, version or checksum.
        TooLarge: over a limit.
    """
    reader = next(read for glob, read in _READERS.items() if glob_matches(glob, filename))
    return reader(content)
