"""Blobs on their way from an object store to a local copy: read while they arrive, their end only when checked."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import structlog

from pratique.core.ports import BlobDraft
from pratique.store.copies import Copies
from pratique.store.object_client import PART, ObjectClient, ObjectStoreFailed, Stored

HELD_BACK = 64 << 10
"""Bytes that nobody gets before the digest of all of them is known."""

_AT_ONCE = threading.BoundedSemaphore(8)

log = structlog.get_logger(__name__)


class Arrival:
    """One object that is being fetched, once for all who read it in this process."""

    def __init__(self, client: ObjectClient, copies: Copies, sha256: str, found: Stored) -> None:
        """Prepare; `start` begins.

        Args:
            client: of the store.
            copies: where it goes.
            sha256: what its bytes have to be.
            found: the object.
        """
        self._client, self._copies, self._sha256, self.found = client, copies, sha256, found
        self._news = threading.Condition()
        self._draft: BlobDraft | None = None
        self._received = 0
        self._readers = 0
        self._whole = self._closed = False
        self._failure: OSError | None = None

    def start(self, ended: Callable[[], None]) -> None:
        """Fetch it in a thread of its own, whoever goes away; `ended` is called when it is there or has failed."""

        def run() -> None:
            with _AT_ONCE:
                self._fetch()
            ended()
            with self._news:
                self._tidy()

        threading.Thread(target=run, name="arrival", daemon=True).start()

    def join(self) -> bool:
        """One reader more, who has to `leave`; False if it is too late for that."""
        with self._news:
            if self._failure is not None or self._closed:
                return False
            self._readers += 1
            return True

    def leave(self) -> None:
        """One reader less."""
        with self._news:
            self._readers -= 1
            self._tidy()

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes as soon as they may be handed out.

        Raises:
            OSError: they never will be; the sentence of ObjectStoreFailed says why.
        """
        length = max(0, min(length, self.found.size - offset))
        if not length:
            return b""
        with self._news:
            self._news.wait_for(lambda: self._failure is not None or self._may_give(offset, length))
            if self._failure is not None:
                raise self._failure
            draft = self._draft
        if draft is not None:
            try:
                return draft.read_at(offset, length)
            except ValueError:  # given up in this moment
                log.debug("a copy was given up while it was read", sha256=self._sha256)
        return self._client.read(self.found.key, offset, length, self.found.tag)  # no room for a copy

    def _may_give(self, offset: int, length: int) -> bool:
        end = self._received if self._whole else min(self._received, self.found.size - HELD_BACK)
        return offset + length <= end

    def _fetch(self) -> None:
        try:
            if not self._fetch_copy():
                self._check_without_room()
            self._tell(whole=True)
        except OSError as error:
            self._tell(error)
        except Exception as error:
            log.exception("a blob could not be fetched from the object store", sha256=self._sha256)
            self._tell(ObjectStoreFailed(f"a stored file could not be fetched ({type(error).__name__})"))

    def _fetch_copy(self) -> bool:
        """Fetch all of it into a copy; False if there is no room for one."""
        try:
            draft = self._draft = self._copies.draft()
        except OSError:
            return False
        offset = 0
        while offset < self.found.size:
            piece = self._piece(offset)
            try:
                draft.write(piece)
            except OSError:
                return self._do_without()
            offset += len(piece)
            self._tell(received=offset)
        self._check(str(draft.digests().sha256))
        try:
            draft.keep()
        except OSError:
            return self._do_without()
        self._copies.added(self.found.size)
        return True

    def _do_without(self) -> bool:
        log.warning("no room for a copy of a stored file; it is read from the object store", sha256=self._sha256)
        with self._news:
            if self._draft is not None:
                self._draft.discard()
            self._draft = None
        return False

    def _check_without_room(self) -> None:
        """Read all of it once; meanwhile all but the end is read piece by piece by whoever wants it."""
        self._tell(received=self.found.size)
        digest, offset = hashlib.sha256(), 0
        while offset < self.found.size:
            piece = self._piece(offset)
            digest.update(piece)
            offset += len(piece)
        self._check(digest.hexdigest())

    def _piece(self, offset: int) -> bytes:
        return self._client.read(self.found.key, offset, min(PART, self.found.size - offset), self.found.tag)

    def _check(self, sha256: str) -> None:
        if sha256 != self._sha256:
            log.error("a stored blob is damaged in the object store; restore it from a backup", sha256=self._sha256)
            raise ObjectStoreFailed(
                "the stored bytes of this file are damaged; ask the server's operator to restore them"
            )

    def _tell(self, failure: OSError | None = None, *, received: int | None = None, whole: bool = False) -> None:
        with self._news:
            self._failure = failure or self._failure
            self._received = self._received if received is None else received
            self._whole = self._whole or whole
            self._news.notify_all()

    def _tidy(self) -> None:
        """What the last reader leaves behind once it has ended; a copy that was kept stays."""
        if (self._failure is None and not self._whole) or self._readers:
            return
        self._closed = True
        if self._draft is not None:
            self._draft.discard()


class ArrivingBlob:
    """A `core.ports.BlobFile` that is read while it arrives."""

    def __init__(self, arrival: Arrival, identity: tuple[int, ...]) -> None:
        self._arrival, self._identity = arrival, identity
        self._open = True

    @property
    def size(self) -> int:
        """Total bytes."""
        return self._arrival.found.size

    @property
    def identity(self) -> tuple[int, ...]:
        """Of the object."""
        return self._identity

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; fewer only at the end. Waits for them.

        Raises:
            OSError: they cannot be had, or are not what they have to be.
            ValueError: it was closed.
        """
        if not self._open:
            raise ValueError("this blob was closed")
        return self._arrival.read_at(offset, length)

    def read_ready(self, offset: int, length: int) -> bytes | None:
        """Nothing is ready."""
        del offset, length
        return None

    def close(self) -> None:
        """Go away; safe to call twice."""
        if self._open:
            self._open = False
            self._arrival.leave()
