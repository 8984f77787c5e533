"""Copies of blobs on the local disk, of an object store that is farther away: bounded, the least used ones go."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pratique.store.blobs_file import FileBlobs, FileDraft
from pratique.store.open_file import FileBlob

_NOTED_EVERY = 600.0
"""Seconds between two notes of a copy's use: one change of a file's times, not one for each download."""

_SHARE = 20
"""The folder is looked through when this process has added one part in so many of the limit."""

_ROOM = 0.9
"""Share of the limit that is left after copies were removed."""


class Copies:
    """A folder of whole blobs, each of which can be fetched again. Several processes may use it at once."""

    def __init__(self, root: Path, limit: int) -> None:
        """Open or make it.

        Args:
            root: the folder.
            limit: bytes that its files may take, and for a moment a little more.
        """
        self.files = FileBlobs(root)
        self._root, self._limit = root, limit
        self._grown = limit  # nobody knows what is there: the first addition looks
        self._turn = threading.Lock()

    def open(self, sha256: str) -> FileBlob:
        """Open a copy, and note its use. Raises FileNotFoundError."""
        blob = self.files.open(sha256)
        blob.note_use(_NOTED_EVERY)
        return blob

    def draft(self) -> FileDraft:
        """Start a copy. Raises OSError."""
        return self.files.draft()

    def remove(self, sha256: str) -> None:
        """Remove a copy; who reads it goes on reading."""
        with suppress(OSError):
            self.files.path_of(sha256).unlink()

    def remember(self, address: str, identity: bytes) -> None:
        """Keep what tells the store at an address from others. Fine if the disk refuses: it is asked again then."""
        path = self.identity_file(address)
        aside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        with suppress(OSError):
            aside.write_bytes(identity)
            aside.rename(path)

    def remembered(self, address: str) -> bytes | None:
        """What was kept for this address."""
        try:
            return self.identity_file(address).read_bytes() or None
        except OSError:
            return None

    def identity_file(self, address: str) -> Path:
        """Where that is kept."""
        return self._root / f"identity-{hashlib.sha256(address.encode()).hexdigest()[:16]}"

    def added(self, size: int) -> None:
        """Tell of a new copy of so many bytes; if it is time, the least used ones are removed."""
        with self._turn:
            self._grown += size
            if self._grown * _SHARE < self._limit:
                return
            self._grown = 0
        with suppress(OSError):
            self.trim()

    def trim(self) -> int:
        """Remove the least used copies if all of them are over the limit; bytes removed. One process at a time."""
        descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return self._trim()
        except BlockingIOError:
            return 0
        finally:
            os.close(descriptor)

    def _trim(self) -> int:
        found = sorted(self._used())
        total, gone = sum(size for _, size, _ in found), 0
        if total <= self._limit:
            return 0
        for _, size, path in found:
            if total - gone <= self._limit * _ROOM:
                break
            with suppress(OSError):
                path.unlink()
                gone += size
        return gone

    def _used(self) -> Iterator[tuple[float, int, Path]]:
        """When each copy was last used, its size and path."""
        for path in (self._root / "blobs").glob("??/??/*"):
            with suppress(OSError):
                status = path.stat()
                yield max(status.st_atime, status.st_mtime), status.st_size, path
