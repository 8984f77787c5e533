"""A few shared bytes that differ after every write: processes of one machine learn of it without asking the database.

It is a hint that makes them look at once. Whoever misses it looks after `revisions.REREAD_AFTER` all the same, so
nothing hangs on it, and no order is promised.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog

_SIZE = 16
_log = structlog.get_logger(__name__)


class ChangeMark(Protocol):
    """What a database tells those who share it."""

    def seen(self) -> bytes:
        """What stands there now; another value than the last one means that something was written."""
        ...

    def move(self) -> None:
        """Say that something was written; called after the commit."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class LocalMark:
    """For databases that no other process of this machine is known to share."""

    def __init__(self) -> None:
        self._value = b""

    def seen(self) -> bytes:
        """As in ChangeMark, for this process."""
        return self._value

    def move(self) -> None:
        """As in ChangeMark, for this process."""
        self._value = secrets.token_bytes(_SIZE)

    def close(self) -> None:
        """Nothing is held."""


class SharedMark:
    """A file of 16 bytes that every process has open which has the database open.

    It is read and written by position, not mapped: a file that somebody cuts short, or that a full disk has no page
    for, then costs a hint and not the process.
    """

    def __init__(self, path: Path) -> None:
        """Open it, or make it.

        Args:
            path: beside the database; its content means nothing once all processes have ended.

        Raises:
            OSError: it cannot be opened.
        """
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def seen(self) -> bytes:
        """As in ChangeMark."""
        return os.pread(self._descriptor, _SIZE, 0)

    def move(self) -> None:
        """As in ChangeMark. Random bytes: two who write at once cannot put an old value back, as a counter could."""
        with suppress(OSError):  # a full disk: then the news is a little later
            os.pwrite(self._descriptor, secrets.token_bytes(_SIZE), 0)

    def close(self) -> None:
        """Close the file. Safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def open_mark(database: str | None) -> ChangeMark:
    """The mark of a database; one that cannot be shared is kept to this process.

    Args:
        database: the path of an SQLite file; None for a database elsewhere.
    """
    if not database or database == ":memory:":
        return LocalMark()
    try:
        return SharedMark(Path(f"{database}-changes"))
    except OSError as error:
        _log.warning("other processes are heard a fifth of a second late", why=f"{database}-changes: {error.strerror}")
        return LocalMark()
