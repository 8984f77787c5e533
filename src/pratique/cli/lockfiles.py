"""Lockfiles in folders of this machine: which there are, and their text."""

from __future__ import annotations

from pathlib import Path

from pratique.app import ECOSYSTEMS
from pratique.core.ecosystem_verbs import ReadsLockfiles
from pratique.core.errors import Invalid, NotFound
from pratique.core.globs import glob_matches
from pratique.services.installing.check_lockfile import check_length, reader_of


def lockfiles_in(folder: Path, ecosystem: str | None = None) -> list[Path]:
    """The lockfiles of a folder, of one ecosystem or of all; none of what is below it."""
    globs = [
        glob
        for one in ECOSYSTEMS
        if isinstance(one, ReadsLockfiles) and ecosystem in (None, one.id)
        for glob in one.lockfiles
    ]
    try:
        files = [path for path in folder.iterdir() if path.is_file()]
    except OSError as error:
        raise NotFound(f'"{folder}" cannot be read: {error.strerror}') from None
    return sorted(path for path in files if any(glob_matches(glob, path.name) for glob in globs))


def read_text(lockfile: Path) -> str:
    """All of a lockfile.

    Raises:
        Invalid: nobody here reads one of this name, or it is no text.
        NotFound: there is none.
        TooLarge: it has more bytes than are read.
    """
    _, reader = reader_of(ECOSYSTEMS, lockfile.name)
    try:
        check_length(reader, lockfile.name, lockfile.stat().st_size)
        return lockfile.read_text(encoding="utf-8")
    except OSError as error:
        raise NotFound(f'"{lockfile}" cannot be read: {error.strerror}') from None
    except UnicodeDecodeError:
        raise Invalid(f'"{lockfile}" is no text') from None
