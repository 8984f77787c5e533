"""Blobs in an object store (S3, and what obstore knows beside it), with whole copies on the local disk (ADR 19)."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from pratique.core.artifacts import Digests
from pratique.core.errors import Conflict
from pratique.core.ports import BlobFile, StoredBlob
from pratique.store.arrivals import Arrival, ArrivingBlob
from pratique.store.blobs_file import PUT_AWAY_FOR, SETTLED_AFTER, FileDraft
from pratique.store.copies import Copies
from pratique.store.object_client import ObjectClient, ObjectStoreFailed, Stored
from pratique.store.open_file import FileBlob

_IDENTITY = "identity"
_LEAVING_FOR = 60.0
"""Seconds within which a removal that was begun is done, or given up."""

_LEFT_OVER_AFTER = 600.0
"""Seconds after which a mark of a removal is one of a process that was killed."""

_PAUSE = 0.1
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")

log = structlog.get_logger(__name__)


class ObjectBlobs:
    """A `core.ports.Blobs` in a bucket: `blobs/ab/<sha256>`, `unrecorded/`, `damaged/`, and marks in `leaving/`.

    Drafts and copies are on the local disk. An object is always whole: stores show it when all of it is there.

    An object store can neither move an object nor remove it on a condition. So who removes one makes a mark first
    (`leaving/<sha256>`, of which there can be only one), then looks at it once more; who keeps one writes it, then
    looks for a mark and whether it is still there. One of the two sees the other.
    """

    def __init__(self, client: ObjectClient, copies: Copies) -> None:
        """Nothing is asked of the store here.

        Args:
            client: of the bucket and prefix.
            copies: on the local disk.
        """
        self._client, self._copies = client, copies
        self._arrivals: dict[str, Arrival] = {}
        self._turn = threading.Lock()

    def identity(self) -> str:
        """Tells this bucket and prefix from every other one; made when first asked for.

        Raises:
            Conflict: it is gone or another one than was seen from here: the bucket was emptied, or exchanged.
            ObjectStoreFailed: the store is not to be reached, has no such bucket or refuses the credentials.
        """
        fresh, before = secrets.token_hex(16).encode(), self._copies.remembered(self._client.address)
        is_there = self._client.look(_IDENTITY) is not None
        if not is_there and before is not None:
            raise self._not_as_before("is empty or has lost its object `identity`")
        if not is_there and self._client.create(_IDENTITY, fresh):
            found = fresh
        else:
            found = self._client.read(_IDENTITY, 0, len(fresh))
        if before not in (None, found):
            raise self._not_as_before("is another one now")
        self._copies.remember(self._client.address, found)
        return found.decode("ascii", "replace")

    def _not_as_before(self, how: str) -> Conflict:
        return Conflict(
            f"the bucket {self._client.address} was used before and {how}, so files that the database names may be "
            "gone: restore it from the backup, or name the right one by `blobs`; if it is meant to be used as it is, "
            f'remove "{self._copies.identity_file(self._client.address)}" and start again'
        )

    def known_identity(self) -> str:
        """As `identity`, but the store is asked only if it never was from here: a process may start while it is away.

        Raises:
            Conflict, ObjectStoreFailed: as there.
        """
        found = self._copies.remembered(self._client.address)
        return self.identity() if found is None else found.decode("ascii", "replace")

    def draft(self) -> ObjectDraft:
        """Start a new blob in the local temporary folder. Raises OSError."""
        return ObjectDraft(self._copies, self._keep)

    def open(self, sha256: str) -> BlobFile:
        """Open the local copy, or one that begins to arrive now.

        Raises:
            FileNotFoundError: it is not stored.
            ObjectStoreFailed: nobody can tell.
        """
        _check(sha256)
        with suppress(FileNotFoundError):
            return self._copies.open(sha256)
        with self._turn:
            under_way = self._arrivals.get(sha256)
            if under_way is not None and under_way.join():
                return ArrivingBlob(under_way, _identity_of(under_way.found))
        found = self._look(sha256)
        with self._turn:
            arrival = self._arrivals.get(sha256)
            if arrival is None or not arrival.join():
                arrival = self._arrivals[sha256] = Arrival(self._client, self._copies, sha256, found)
                arrival.join()
                arrival.start(self._ended(sha256, arrival))
        return ArrivingBlob(arrival, _identity_of(arrival.found))

    def open_at_hand(self, sha256: str) -> FileBlob | None:
        """Open the local copy, if there is one."""
        try:
            return self._copies.open(sha256)
        except OSError:
            return None

    def open_original(self, sha256: str) -> ObjectBlob:
        """Open the object itself, unchecked.

        Raises:
            FileNotFoundError: it is not stored.
            ObjectStoreFailed: nobody can tell.
        """
        _check(sha256)
        return ObjectBlob(self._client, self._look(sha256))

    def exists(self, sha256: str) -> bool:
        """Whether the blob is stored. Raises ObjectStoreFailed."""
        return bool(_SHA256.match(sha256)) and self._client.look(_key(sha256)) is not None

    def set_aside(self, sha256: str, identity: tuple[int, ...]) -> bool:
        """Take a damaged object out of its place; it stays as `damaged/<sha256>`. Raises ObjectStoreFailed."""
        return self._take_out(sha256, lambda found: _identity_of(found) == identity, "damaged")

    def stored(self, part: int) -> tuple[str, ...]:
        """Sha256 of all stored blobs in one of 256 parts, sorted. Raises ObjectStoreFailed."""
        names = (one.key.rpartition("/")[2] for one in self._client.within(f"blobs/{part:02x}"))
        return tuple(sorted(name for name in names if _SHA256.match(name)))

    def is_settled(self, sha256: str) -> bool:
        """Whether the blob is stored and was last kept more than a day ago. Raises ObjectStoreFailed."""
        found = self._client.look(_key(sha256)) if _SHA256.match(sha256) else None
        return found is not None and _is_settled(found)

    def put_away_settled(self, sha256: str) -> bool:
        """Move an object to `unrecorded/` unless it was kept within the last day; whether it is gone now.

        Raises:
            ObjectStoreFailed: it stays where it is, or is gone and can be found.
        """
        gone = self._take_out(sha256, _is_settled, "unrecorded")
        if gone:
            self._copies.remove(sha256)
        return gone

    def drop(self, sha256: str, kept_before: float) -> bool:
        """Remove an object and its local copy unless it was kept since; whether it is gone now.

        Raises:
            ObjectStoreFailed: it is gone or not.
        """
        gone = self._take_out(sha256, lambda found: found.modified <= kept_before)
        if gone:
            self._copies.remove(sha256)
        return gone

    def remove_put_away(self) -> tuple[str, ...]:
        """Remove for good what has been in `unrecorded/` for a month; its sha256. Raises ObjectStoreFailed."""
        oldest, gone = time.time() - PUT_AWAY_FOR, []
        for one in self._client.within("unrecorded"):
            name = one.key.rpartition("/")[2]
            if _SHA256.match(name) and one.modified < oldest:
                self._client.remove(one.key)
                gone.append(name)
        return tuple(sorted(gone))

    def remove_left_over_drafts(self) -> None:
        """Remove drafts and marks of processes that are gone. Raises ObjectStoreFailed.

        Parts of large uploads that were broken off are for a lifecycle rule of the bucket: nothing lists them here.
        """
        self._copies.files.remove_left_over_drafts()
        for one in self._client.within("leaving"):
            if one.modified < time.time() - _LEFT_OVER_AFTER:
                self._client.remove(one.key)

    def _look(self, sha256: str) -> Stored:
        found = self._client.look(_key(sha256))
        if found is None:
            raise FileNotFoundError(f"no blob {sha256} is stored")
        return found

    def _ended(self, sha256: str, arrival: Arrival) -> Callable[[], None]:
        def ended() -> None:
            with self._turn:
                if self._arrivals.get(sha256) is arrival:
                    del self._arrivals[sha256]

        return ended

    def _keep(self, draft: FileDraft, sha256: str) -> None:
        """Store what a draft holds, and see that nobody removed it in the same moment."""
        until = time.monotonic() + _LEAVING_FOR
        while True:
            self._client.write(_key(sha256), draft.path)
            leaving = self._client.look(_mark(sha256))
            found = self._client.look(_key(sha256))
            if leaving is None and found is not None:
                if found.size != draft.size:
                    raise ObjectStoreFailed("the object store of files kept other than what was sent; try again")
                return
            if leaving is not None and leaving.modified < time.time() - _LEFT_OVER_AFTER:
                self._client.remove(leaving.key)
            if time.monotonic() > until:
                raise ObjectStoreFailed("this file is being removed at this moment; try again")
            time.sleep(_PAUSE)

    def _take_out(self, sha256: str, is_meant: Callable[[Stored], bool], where: str = "") -> bool:
        """Move an object elsewhere, or nowhere, if it is the one that is meant; whether it is gone."""
        found = self._client.look(_key(sha256))
        if found is None:
            return True
        if not is_meant(found) or (where and not self._client.copy(found.key, f"{where}/{sha256}")):
            return False
        begun = time.monotonic()
        if not self._client.create(_mark(sha256), b"is being removed"):
            return False
        try:
            again = self._client.look(found.key)
            if again is not None and (again != found or time.monotonic() - begun > _LEAVING_FOR):
                return False
            self._client.remove(found.key)
            return True
        finally:
            self._client.remove(_mark(sha256))


class ObjectDraft:
    """A `core.ports.BlobDraft` on the local disk, which becomes an object when it is kept."""

    def __init__(self, copies: Copies, upload: Callable[[FileDraft, str], None]) -> None:
        self._copies, self._upload = copies, upload
        self._local = copies.draft()
        self._kept: StoredBlob | None = None
        self._keeping = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._local.size

    def write(self, chunk: bytes) -> None:
        """Append bytes and feed every digest. Raises OSError, ValueError if it was kept or discarded before."""
        self._local.write(chunk)

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset` of what was written; fewer only at the end."""
        return self._local.read_at(offset, length)

    def read_only(self) -> int:
        """As in HasDescriptor."""
        return self._local.read_only()

    def digests(self) -> Digests:
        """Digests of everything written so far."""
        return self._local.digests()

    def keep(self) -> StoredBlob:
        """Store it as an object under its sha256, and as a local copy; it can still be read until `discard`.

        Raises:
            OSError: the object store or the disk refuses.
            ValueError: it was discarded before.
        """
        with self._keeping:
            if self._kept is None:
                self._local.read_at(0, 0)  # raises if it was discarded
                self._upload(self._local, str(self.digests().sha256))
                self._kept = self._local.keep()
                self._copies.added(self._kept.size)
            return self._kept

    def discard(self) -> None:
        """Forget it; safe to call twice and after `keep`."""
        self._local.discard()


class ObjectBlob:
    """A `core.ports.BlobFile`: an object, read piece by piece, and not checked."""

    def __init__(self, client: ObjectClient, found: Stored) -> None:
        self._client, self._found = client, found

    @property
    def size(self) -> int:
        """Total bytes."""
        return self._found.size

    @property
    def identity(self) -> tuple[int, ...]:
        """Changes with the bytes."""
        return _identity_of(self._found)

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; fewer only at the end. Raises OSError."""
        length = max(0, min(length, self.size - offset))
        return self._client.read(self._found.key, offset, length, self._found.tag) if length else b""

    def read_ready(self, offset: int, length: int) -> bytes | None:
        """Nothing is ready."""
        del offset, length
        return None

    def close(self) -> None:
        """Nothing is held."""


def _check(sha256: str) -> None:
    if not _SHA256.match(sha256):
        raise FileNotFoundError(f'"{sha256[:80]}" is no sha256 of a blob')


def _key(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256}"


def _mark(sha256: str) -> str:
    return f"leaving/{sha256}"


def _identity_of(found: Stored) -> tuple[int, ...]:
    said = hashlib.sha256(f"{found.tag} {found.modified}".encode()).digest()
    return (found.size, int.from_bytes(said[:8]))


def _is_settled(found: Stored) -> bool:
    return found.modified <= time.time() - SETTLED_AFTER
