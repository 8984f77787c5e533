"""Blobs in a folder, by content: written aside, made durable, then moved into place in one step."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pratique.core.artifacts import Digests
from pratique.core.ports import StoredBlob
from pratique.store.folders import make_folder
from pratique.store.open_file import FileBlob, identity_of

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
            make_folder(folder)
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

    def known_identity(self) -> str:
        """As `identity`."""
        return self.identity()

    def path_of(self, sha256: str) -> Path:
        """Where a blob lies, whether it is there or not. Raises FileNotFoundError for what is no digest."""
        return _path(self._blobs, sha256)

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

    def open_at_hand(self, sha256: str) -> FileBlob | None:
        """As `open`; None if it is not stored."""
        try:
            return self.open(sha256)
        except FileNotFoundError:
            return None

    def open_original(self, sha256: str) -> FileBlob:
        """As `open`: there are no copies."""
        return self.open(sha256)

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
            if identity_of(path.stat()) != identity:
                return False
            path.rename(aside)
            if identity_of(aside.stat()) != identity:
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
            return _was_kept_before(_path(self._blobs, sha256), time.time() - SETTLED_AFTER)
        except FileNotFoundError:
            return False

    def put_away_settled(self, sha256: str) -> bool:
        """Move a blob to `unrecorded/` unless it was kept within the last day; whether it is gone now.

        Raises:
            OSError: the disk refuses.
        """

        def put_away(aside: Path) -> None:
            os.utime(aside)  # from here on it counts how long it has been away
            aside.rename(self._away / sha256)

        return self._take_out(sha256, time.time() - SETTLED_AFTER, put_away)

    def drop(self, sha256: str, kept_before: float) -> bool:
        """Remove a blob unless it was kept since; whether it is gone now. Raises OSError."""
        return self._take_out(sha256, kept_before, Path.unlink)

    def _take_out(self, sha256: str, kept_before: float, end: Callable[[Path], None]) -> bool:
        """Between a look at its age and its removal a blob could be kept again.

        So it is taken out of its place first, and put back if it turns out to be young.
        """
        path = _path(self._blobs, sha256)
        aside = path.with_name(sha256 + _ASIDE)
        try:
            if not _was_kept_before(path, kept_before):
                return False
            path.rename(aside)
            if _was_kept_before(aside, kept_before):
                end(aside)
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


def new_hashes() -> dict[str, Any]:
    """Every digest that a client may ask for, of nothing yet."""
    return {
        "sha256": hashlib.sha256(),
        "sha512": hashlib.sha512(),
        "sha1": hashlib.sha1(usedforsecurity=False),
        "blake2b_256": hashlib.blake2b(digest_size=32),
        "md5": hashlib.md5(usedforsecurity=False),
    }


def digests_of(hashes: Mapping[str, Any]) -> Digests:
    """As values."""
    return Digests(**{name: digest.hexdigest() for name, digest in hashes.items()})


class FileDraft:
    """A `core.ports.BlobDraft` in a temporary file, which is locked as long as its process lives."""

    def __init__(self, path: Path, blobs: Path) -> None:
        self._path, self._blobs = path, blobs
        self._size = 0
        self._kept: StoredBlob | None = None
        self._is_lost = False
        self._turn = threading.Lock()  # a descriptor closed under a running write could be another file's by then
        self._hashes = new_hashes()
        self._descriptor: int | None = os.open(path, _NEW_FILE, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._size

    @property
    def path(self) -> Path:
        """The temporary file, until it is kept or discarded."""
        return self._path

    def write(self, chunk: bytes) -> None:
        """Append bytes and feed every digest.

        Raises:
            OSError: the disk refuses. What was written before can be read until `discard`; nothing of it stays.
            ValueError: the draft was kept, refused or discarded before.
        """
        with self._turn:
            if self._kept is not None:
                raise ValueError("a kept blob cannot grow")
            descriptor = self._open_descriptor()
            if self._is_lost:
                raise ValueError("this draft was refused by the disk")
            try:
                _write_all(descriptor, chunk, self._size)
            except OSError:
                self._lose()
                raise
            for digest in self._hashes.values():
                digest.update(chunk)
            self._size += len(chunk)

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset` of what was written; fewer only at the end."""
        with self._turn:
            return os.pread(self._open_descriptor(), max(0, min(length, self._size - offset)), offset)

    def read_only(self) -> int:
        """As in HasDescriptor. The draft's own descriptor can be written by, and is given to nobody."""
        with self._turn:
            self._open_descriptor()
            place = self._path if self._kept is None else _path(self._blobs, self._kept.sha256)
            return os.open(place, os.O_RDONLY | os.O_CLOEXEC)

    def digests(self) -> Digests:
        """Digests of everything written so far."""
        return digests_of(self._hashes)

    def keep(self) -> StoredBlob:
        """Make it durable under its sha256; it can still be read until `discard`.

        Raises:
            OSError: the disk refuses; the draft is discarded.
            ValueError: the draft was discarded before.
        """
        with self._turn:
            descriptor = self._open_descriptor()
            if self._is_lost:
                raise ValueError("this draft was refused by the disk")
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

    def _lose(self) -> None:
        self._is_lost = True
        with suppress(FileNotFoundError):
            self._path.unlink()

    def _remove(self) -> None:
        if self._kept is None:
            self._lose()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise ValueError("this draft was discarded")
        return self._descriptor


def _path(blobs: Path, sha256: str) -> Path:
    # Also keeps text that is no digest, such as `../..`, out of paths.
    if not _SHA256.match(sha256):
        raise FileNotFoundError(f'"{sha256[:80]}" is no sha256 of a blob')
    return blobs / sha256[:2] / sha256[2:4] / sha256


_ASIDE = ".removed"


def _was_kept_before(path: Path, instant: float) -> bool:
    return path.stat().st_mtime <= instant


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
