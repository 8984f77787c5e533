"""Where the processes of a node meet their scanner: a socket in the data folder, and a lock that one scanner holds."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LONGEST = 100
"""Bytes of a socket's path that every system takes."""


class Taken(Exception):
    """Another process is the scanner already."""


class MeetingPoint:
    """The socket and the lock of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket, self._lock = folder / "scanner.sock", folder / "scanner.lock"

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self._folder

    def connect(self) -> socket.socket:
        """A connection to the scanner. Raises OSError if there is none."""
        link = socket.socket(socket.AF_UNIX)
        try:
            with _short(self._socket) as path:
                link.connect(path)
        except BaseException:
            link.close()
            raise
        return link

    @contextmanager
    def hosted(self) -> Iterator[socket.socket]:
        """Be the scanner until the block ends: a socket on which it listens.

        Raises:
            Taken: another process is.
            OSError: the folder does not take it.
        """
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Taken from None
            with socket.socket(socket.AF_UNIX) as listening:
                self._socket.unlink(missing_ok=True)
                with _short(self._socket) as path:
                    listening.bind(path)
                listening.listen(128)
                try:
                    yield listening
                finally:
                    with suppress(OSError):
                        self._socket.unlink()
        finally:
            os.close(lock)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path in a form that fits into a socket's address."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
