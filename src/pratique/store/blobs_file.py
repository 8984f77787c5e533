"""Blobs in a folder, by content: written aside, made durable, then moved into place in one step."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from pratique.core.artifacts import Digests
from pratique.core.ports import StoredBlob

LEFT_OVER_AFTER = 3_600
"""Seconds after which a draft of a process that is gone is removed."""

PUT_AWAY_FOR = 30 * 86_400
"""Seconds for which bytes that nothing names can still be found."""

SETTLED_AFTER = 86_400
"""Seconds after which whoever kept a blob has recorded it, or never will."""

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class FileBlobs:
    """A `core.ports.Blobs` in a local folder: `blobs/ab/cd/<sha256>`, drafts in `tmp/`.

    What nothing names is in `unrecorded/` for a month.

    A blob is visible under its name only when all of it is on the disk: after a crash there are
    whole blobs and drafts, nothing between. Only the owner of the process can read the folder.
    """

    def __init__(self, root: Path) -> None:
        self._blobs, self._tmp, self._away = root / "blobs", root / "tmp", root / "unrecorded"
        for folder in (root, self._blobs, self._tmp, self._away):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.remove_left_over_drafts()

    def identity(self) -> str:
        """Tells this folder from every other one, on whichever machine it is looked at; made when first asked for.

        Raises:
            OSError: the disk refuses.
        """
        path = self._blobs.with_name("blobs-identity")
        if not path.exists():
            fresh = self._tmp / f"{os.getpid()}-{secrets.token_hex(16)}"
            fresh.write_text(secrets.token_hex(16), "ascii")
            with suppress(FileExistsError):  # another process was faster
                os.link(fresh, path)
            fresh.unlink()
        return path.read_text("ascii")

    def draft(self) -> FileDraft:
        """Start a new blob in the temporary folder.

        Raises:
            OSError: the disk refuses.
        """
        return FileDraft(self._tmp / f"{os.getpid()}-{secrets.token_hex(16)}", self._blobs)

    def open(self, sha256: str) -> FileBlob:
        """Open a stored blob.

        Raises:
            FileNotFoundError: it is not stored.
        """
        return FileBlob(_path(self._blobs, sha256))

    def exists(self, sha256: str) -> bool:
        """Whether the blob is stored."""
        try:
            return _path(self._blobs, sha256).is_file()
        except FileNotFoundError:
            return False

    def set_aside(self, sha256: str, identity: tuple[int, ...]) -> bool:
        """Take a damaged blob out of its place; it stays beside it as `<sha256>.damaged`.

        The same bytes may be kept again at any moment, whole: what is there is looked at before it moves and
        after, and what is not what was read comes back.
        """
        path = _path(self._blobs, sha256)
        aside = path.with_name(f"{sha256}.damaged")
        with suppress(FileNotFoundError):
            if _identity(path.stat()) != identity:
                return False
            path.rename(aside)
            if _identity(aside.stat()) != identity:
                _put_back(aside)
                return False
        return True

    def stored(self, part: int) -> tuple[str, ...]:
        """Sha256 of all stored blobs in one of 256 parts, sorted."""
        found = set()
        for path in (self._blobs / f"{part:02x}").glob("??/*"):
            if path.suffix == _ASIDE:
                with suppress(OSError):  # gone, or the disk refuses: then the next turn tries again
                    _put_back(path)  # of a process that was killed while it removed
            if _SHA256.match(path.stem) and path.suffix in ("", _ASIDE):
                found.add(path.stem)
        return tuple(sorted(found))

    def is_settled(self, sha256: str) -> bool:
        """Whether the blob is stored and was last kept more than a day ago."""
        try:
            return _is_settled(_path(self._blobs, sha256))
        except FileNotFoundError:
            return False

    def put_away_settled(self, sha256: str) -> bool:
        """Move a blob to `unrecorded/` unless it was kept within the last day; whether it is gone now.

        Between a look at its age and its removal it could be kept again, so it is taken out of its place
        first, and put back if it turns out to be young.

        Raises:
            OSError: the disk refuses.
        """
        path = _path(self._blobs, sha256)
        aside = path.with_name(sha256 + _ASIDE)
        try:
            if not _is_settled(path):
                return False
            path.rename(aside)
            if _is_settled(aside):
                os.utime(aside)  # from here on it counts how long it has been away
                aside.rename(self._away / sha256)
                return True
            _put_back(aside)
        except FileNotFoundError:
            return True
        return False

    def remove_put_away(self) -> tuple[str, ...]:
        """Remove for good what has been in `unrecorded/` for a month; its sha256."""
        oldest, gone = time.time() - PUT_AWAY_FOR, []
        for path in sorted(self._away.iterdir()):
            with suppress(OSError):  # somebody took it back, or the disk refuses: then the next turn tries again
                if _SHA256.match(path.name) and path.stat().st_mtime < oldest:
                    path.unlink()
                    gone.append(path.name)
        return tuple(gone)

    def remove_left_over_drafts(self) -> None:
        """Remove drafts of processes that are gone, once they are old enough."""
        oldest = time.time() - LEFT_OVER_AFTER
        for path in self._tmp.iterdir():
            with suppress(FileNotFoundError, BlockingIOError):  # another process was faster, or is still writing
                if path.stat().st_mtime < oldest:
                    _unlink_if_abandoned(path)


class FileDraft:
    """A `core.ports.BlobDraft` in a temporary file, which is locked as long as its process lives."""

    def __init__(self, path: Path, blobs: Path) -> None:
        self._path, self._blobs = path, blobs
        self._size = 0
        self._kept: StoredBlob | None = None
        self._turn = threading.Lock()  # a descriptor closed under a running write could be another file's by then
        self._hashes: dict[str, Any] = {
            "sha256": hashlib.sha256(),
            "sha512": hashlib.sha512(),
            "sha1": hashlib.sha1(usedforsecurity=False),
            "blake2b_256": hashlib.blake2b(digest_size=32),
            "md5": hashlib.md5(usedforsecurity=False),
        }
        self._descriptor: int | None = os.open(path, _NEW_FILE, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._size

    def write(self, chunk: bytes) -> None:
        """Append bytes and feed every digest.

        Raises:
            OSError: the disk refuses; the draft is discarded.
            ValueError: the draft was kept or discarded before.
        """
        with self._turn:
            if self._kept is not None:
                raise ValueError("a kept blob cannot grow")
            try:
                _write_all(self._open_descriptor(), chunk, self._size)
            except OSError:
                self._remove()
                raise
            for digest in self._hashes.values():
                digest.update(chunk)
            self._size += len(chunk)

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset` of what was written; fewer only at the end."""
        with self._turn:
            return os.pread(self._open_descriptor(), max(0, min(length, self._size - offset)), offset)

    def digests(self) -> Digests:
        """Digests of everything written so far."""
        return Digests(**{name: digest.hexdigest() for name, digest in self._hashes.items()})

    def keep(self) -> StoredBlob:
        """Make it durable under its sha256; it can still be read until `discard`.

        Raises:
            OSError: the disk refuses; the draft is discarded.
            ValueError: the draft was discarded before.
        """
        with self._turn:
            descriptor = self._open_descriptor()
            if self._kept is None:
                digests = self.digests()
                sha256 = str(digests.sha256)
                try:
                    os.utime(descriptor)  # its age counts from here on
                    os.fsync(descriptor)
                    _move_into_place(self._path, _path(self._blobs, sha256))
                except OSError:
                    self._remove()
                    raise
                self._kept = StoredBlob(sha256, self._size, digests)
            return self._kept

    def discard(self) -> None:
        """Forget it; safe to call twice and after `keep`."""
        with self._turn:
            self._remove()

    def _remove(self) -> None:
        if self._kept is None:
            with suppress(FileNotFoundError):
                self._path.unlink()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise ValueError("this draft was discarded")
        return self._descriptor


class FileBlob:
    """A `core.ports.BlobFile`: an open stored blob, which never changes."""

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        status = os.fstat(self._descriptor)
        self._size, self._identity = status.st_size, _identity(status)
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


def _path(blobs: Path, sha256: str) -> Path:
    # Also keeps text that is no digest, such as `../..`, out of paths.
    if not _SHA256.match(sha256):
        raise FileNotFoundError(f'"{sha256[:80]}" is no sha256 of a blob')
    return blobs / sha256[:2] / sha256[2:4] / sha256


_ASIDE = ".removed"


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _is_settled(path: Path) -> bool:
    return path.stat().st_mtime <= time.time() - SETTLED_AFTER


def _put_back(aside: Path) -> None:
    """Give a blob its name again; if the same bytes were kept there meanwhile, they stay."""
    place = aside.with_suffix("")
    try:
        os.link(aside, place)  # in one step with the look: what was kept just now is never replaced
    except FileExistsError:
        pass
    except FileNotFoundError:
        raise
    except OSError:  # no hard links here; then the look comes first
        if not place.exists():
            aside.rename(place)
            return
    aside.unlink()


def _write_all(descriptor: int, chunk: bytes, offset: int) -> None:
    rest = memoryview(chunk)
    while rest:
        written = os.pwrite(descriptor, rest, offset)
        rest, offset = rest[written:], offset + written


def _move_into_place(draft: Path, target: Path) -> None:
    """Give a synced draft its name. Every folder on the way is synced, or the name could be lost with the power.

    What lies there under the same name may have been damaged since; the draft was hashed just now, and takes
    its place. Whoever has the old one open goes on reading that.
    """
    outer, inner = target.parent.parent, target.parent
    for folder in (outer, inner):
        folder.mkdir(mode=0o700, exist_ok=True)
    draft.rename(target)
    for folder in (inner, outer, outer.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unlink_if_abandoned(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(descriptor)
