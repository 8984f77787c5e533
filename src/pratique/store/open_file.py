"""A stored blob in a local file, open: what the page cache holds is read without waiting."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path


def identity_of(status: os.stat_result) -> tuple[int, ...]:
    """Tells a file from another one that has taken its name."""
    return status.st_dev, status.st_ino, status.st_mtime_ns


class FileBlob:
    """A `core.ports.BlobFile`: an open stored blob, which never changes."""

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        status = os.fstat(self._descriptor)
        self._size, self._identity = status.st_size, identity_of(status)
        self._turn = threading.Lock()  # see FileDraft

    @property
    def size(self) -> int:
        """Total bytes."""
        return self._size

    @property
    def identity(self) -> tuple[int, ...]:
        """Device, inode and time of writing."""
        return self._identity

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; fewer only at the end."""
        length = max(0, min(length, self._size - offset))
        with self._turn:
            chunk = os.pread(self._open_descriptor(), length, offset)
            while len(chunk) < length:  # a signal or a file system may cut a read short
                more = os.pread(self._open_descriptor(), length - len(chunk), offset + len(chunk))
                if not more:
                    break
                chunk += more
        return chunk

    def read_ready(self, offset: int, length: int) -> bytes | None:
        """Bytes that are in memory already, perhaps fewer than asked for; None if reading could block.

        Empty only at the end. Where the system cannot tell (not Linux), always None.
        """
        chunk = _scratch(max(0, min(length, self._size - offset)))
        count = self._fill(chunk, offset)
        return None if count is None else bytes(chunk[:count])

    def read_ready_into(self, room: memoryview) -> bool:
        """As in ReadsInto."""
        return self._fill(room, 0) == len(room)

    def _fill(self, room: memoryview, offset: int) -> int | None:
        with self._turn, suppress(OSError):  # EAGAIN: not in memory; EOPNOTSUPP: a file system that cannot tell
            return None if _NO_WAIT is None else os.preadv(self._open_descriptor(), [room], offset, _NO_WAIT)
        return None

    def note_use(self, every: float) -> None:
        """Move the time of the last access to now, if it lies so many seconds back; the time of writing stays."""
        with self._turn, suppress(OSError):
            status, now = os.fstat(self._open_descriptor()), time.time()
            if now - status.st_atime >= every:
                os.utime(self._open_descriptor(), ns=(int(now * 1e9), status.st_mtime_ns))

    def read_only(self) -> int:
        """As in HasDescriptor."""
        with self._turn:
            return os.dup(self._open_descriptor())

    def close(self) -> None:
        """Release the descriptor; safe to call twice."""
        with self._turn:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise ValueError("this blob was closed")
        return self._descriptor


_SCRATCH = threading.local()


def _scratch(length: int) -> memoryview:
    """Room to read into, one for each thread: getting a fresh megabyte from the system costs more than reading it."""
    room: memoryview | None = getattr(_SCRATCH, "room", None)
    if room is None or len(room) < length:
        room = _SCRATCH.room = memoryview(bytearray(length))
    return room[:length]


_NO_WAIT: int | None = getattr(os, "RWF_NOWAIT", None) if hasattr(os, "preadv") else None
