"""A file held in memory while the disk has no room for it: bounded for the process, and never kept."""

from __future__ import annotations

import errno
import threading
from typing import Any

from pratique.core.artifacts import Digests
from pratique.core.ports import StoredBlob
from pratique.store.blobs_file import digests_of, new_hashes

ROOM = 64 << 20
"""Bytes that all such files of a process may take at the same time."""


class MemoryRoom:
    """How much memory is given away."""

    def __init__(self, size: int = ROOM) -> None:
        self._left, self._turn = size, threading.Lock()

    def draft(self, size: int) -> MemoryDraft | None:
        """A draft for a file of this size, None if there is no room for it."""
        with self._turn:
            if size > self._left:
                return None
            self._left -= size
        return MemoryDraft(self, size)

    def give_back(self, size: int) -> None:
        """What a draft had."""
        with self._turn:
            self._left += size


class MemoryDraft:
    """A `core.ports.BlobDraft` that cannot be kept."""

    def __init__(self, room: MemoryRoom, most: int) -> None:
        self._room, self._most = room, most
        self._content: bytearray | None = bytearray()
        self._hashes: dict[str, Any] = new_hashes()
        self._turn = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return len(self._content or b"")

    def write(self, chunk: bytes) -> None:
        """Append bytes and feed every digest. Raises OSError over the size that was given, ValueError if discarded."""
        with self._turn:
            content = self._open()
            if len(content) + len(chunk) > self._most:
                raise OSError(errno.ENOSPC, "no more memory was set aside for this file")
            content += chunk
            for digest in self._hashes.values():
                digest.update(chunk)

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset` of what was written; fewer only at the end."""
        with self._turn:
            return bytes(self._open()[offset : offset + max(0, length)])

    def digests(self) -> Digests:
        """Digests of everything written so far."""
        return digests_of(self._hashes)

    def keep(self) -> StoredBlob:
        """Raises OSError: there is no room for it."""
        raise OSError(errno.ENOSPC, "No space left on device")

    def discard(self) -> None:
        """Forget it; safe to call twice."""
        with self._turn:
            if self._content is not None:
                self._content = None
                self._room.give_back(self._most)

    def _open(self) -> bytearray:
        if self._content is None:
            raise ValueError("this draft was discarded")
        return self._content
