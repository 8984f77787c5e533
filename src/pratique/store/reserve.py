"""Room that is kept for what cannot wait until somebody has made some: starting, and revoking.

A file in the data folder that holds nothing of use. On a full disk half of it is given up at a time, so that there is
some left for the next who needs it, and it is whole again once there is plenty of room.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

WHOLE = 4 << 20
"""Bytes of the reserve. A start takes about a hundred thousand, a revocation a tenth of that."""

LEAST = 256 << 10
"""Bytes below which the rest is given up at once."""

PLENTY = 16 << 20
"""Bytes that have to be free besides, before any are put by: a disk that just had some again is not filled."""

LITTLE = 1 << 20
"""Free bytes with which a server cannot be relied on to start."""


class Reserve:
    """The reserve of one data folder. Several processes may use it at once."""

    def __init__(self, path: Path) -> None:
        """Name it.

        Args:
            path: on the disk for which it is the reserve; the file need not be there.
        """
        self._path = path

    def fill(self) -> None:
        """Make it whole, if there is plenty of room; a disk that refuses leaves it as it is."""
        with suppress(OSError):
            if self._size() < WHOLE and self._free() >= WHOLE + PLENTY:
                self._write()

    def give_up_some(self) -> bool:
        """Free some of it, half or the last; False if there is nothing left to free."""
        try:
            size = self._size()
            if size >= 2 * LEAST:
                os.truncate(self._path, size // 2)
            else:
                self._path.unlink()
        except OSError:
            return False
        return size > 0

    def make_room_to_start(self) -> None:
        """Free some of it if there is little room. A quota does not show here."""
        with suppress(OSError):
            if self._free() < LITTLE:
                self.give_up_some()

    def _size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0

    def _free(self) -> int:
        told = os.statvfs(self._path.parent)
        return told.f_bavail * told.f_frsize

    def _write(self) -> None:
        # What a disk cannot make smaller: zeros take no room on some.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(WHOLE))
        except OSError:
            self._path.unlink(missing_ok=True)
            raise
