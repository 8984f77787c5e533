"""Requests to an object store, each with an end, and what goes wrong as a sentence."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec
import structlog

from pratique.core.errors import Unavailable

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import ObjectStore

T = TypeVar("T")

PART = 8 << 20
"""Bytes of one part of a large upload, and of one read of a large object."""

_AT_ONCE = 4
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_SKEWED, _NO_BUCKET = "RequestTimeTooSkewed", "NoSuchBucket"

log = structlog.get_logger(__name__)


class ObjectStoreAddress(msgspec.Struct, frozen=True):
    """Where an object store is, and how to sign requests to it.

    Attributes:
        url: bucket and prefix: `s3://bucket/prefix`, or as obstore knows others.
        options: of the library: endpoint, region, keys. Never shown.
        allow_http: requests may go over plain http.
        ca_file: certificates to trust beside the system's.
    """

    url: str
    options: dict[str, str] = {}
    allow_http: bool = False
    ca_file: str = ""

    def __repr__(self) -> str:
        return f"ObjectStoreAddress({self.url!r})"


class ObjectStorePatience(msgspec.Struct, frozen=True):
    """How long to wait, in milliseconds.

    Attributes:
        connect: until a connection stands.
        read: for one answer, of at most `PART` bytes.
        write: for one part.
        retry: failed requests are tried again until so long after the first.
        rest: after a request got no answer, others are refused at once for so long: threads that wait are few.
    """

    connect: int = 3_000
    read: int = 10_000
    write: int = 20_000
    retry: int = 12_000
    rest: int = 5_000


class ObjectStoreFailed(Unavailable, OSError):
    """The object store did not do it. A sentence for clients; to those who expect a disk, a disk that refuses.

    Attributes:
        code: what the store calls it, or its HTTP status; empty if it did not answer.
    """

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.retry_after, self.code, self.strerror = 5, code, sentence

    def __str__(self) -> str:
        return str(self.args[0])


class Stored(msgspec.Struct, frozen=True):
    """What a store says of one object.

    Attributes:
        tag: changes with the bytes.
        modified: seconds, by the store's clock.
    """

    key: str
    size: int
    tag: str
    modified: float


class ObjectClient:
    """One bucket and prefix. Every method blocks, and may be called from any thread but an event loop's.

    Raises ObjectStoreFailed from all of them: refused, out of reach, or an answer that cannot be right.
    """

    def __init__(
        self,
        address: ObjectStoreAddress,
        patience: ObjectStorePatience | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is asked before the first call.

        Args:
            address: of the store.
            patience: with it.
            monotonic: seconds, from any beginning.
        """
        self._address, self._patience, self._monotonic = address, patience or ObjectStorePatience(), monotonic
        self._made: dict[int, ObjectStore] = {}
        self._rests_until = 0.0
        self._silence: ObjectStoreFailed | None = None

    @property
    def address(self) -> str:
        """Tells this store from others that were named here; no secret."""
        return f"{self._address.options.get('endpoint', '')} {self._address.url}"

    def look(self, key: str) -> Stored | None:
        """What is said of an object; None if there is none."""
        import obstore

        try:
            return self._ask(lambda: _stored(obstore.head(self._reading(), key)))
        except FileNotFoundError:
            self._refuse_missing_bucket(key)
            return None

    def _refuse_missing_bucket(self, key: str) -> None:
        """Ask in a way whose answer has a body: to HEAD, a missing bucket is no other than a missing object."""
        import obstore

        try:
            self._ask(lambda: obstore.get(self._reading(), key, options={"range": (0, 1)}))
        except FileNotFoundError as error:
            if _NO_BUCKET in str(error):
                raise _failure(error) from error

    def read(self, key: str, offset: int, length: int, tag: str = "") -> bytes:
        """Bytes of an object, all that were asked for.

        Args:
            key: of the object.
            offset: of the first.
            length: of what is there; not 0.
            tag: the bytes must be those that `look` told of; empty: whichever.

        Raises:
            FileNotFoundError: there is no such object.
            ObjectStoreFailed: also if other bytes have taken their place.
        """
        import obstore

        options: dict[str, Any] = {"range": (offset, offset + length)}
        if tag:
            options["if_match"] = tag

        def ask() -> bytes:
            return bytes(obstore.get(self._reading(), key, options=cast("GetOptions", options)).bytes())

        found = self._ask(ask)
        if len(found) != length:
            raise ObjectStoreFailed("the object store of files sent other than what was asked for; try again")
        return found

    def write(self, key: str, content: Path | bytes) -> None:
        """Store an object, all or nothing; what is there is replaced."""
        import obstore

        large = isinstance(content, Path) and content.stat().st_size > PART
        body = content if large or isinstance(content, bytes) else content.read_bytes()
        put = partial(obstore.put, use_multipart=large, chunk_size=PART, max_concurrency=_AT_ONCE)
        self._ask(lambda: put(self._writing(), key, body))

    def create(self, key: str, content: bytes) -> bool:
        """Store an object unless there is one, whoever else tries at the same time; whether it was stored."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            self._ask(lambda: obstore.put(self._writing(), key, content, mode="create"))
        except AlreadyExistsError:
            return False
        return True

    def copy(self, key: str, other: str) -> bool:
        """Store the same bytes under another key as well; False if they are not there."""
        import obstore

        try:
            self._ask(lambda: obstore.copy(self._writing(), key, other))
        except FileNotFoundError:
            return False
        return True

    def remove(self, key: str) -> None:
        """Remove an object; fine if it is not there."""
        import obstore

        try:
            self._ask(lambda: obstore.delete(self._writing(), key))
        except FileNotFoundError:
            return

    def within(self, prefix: str) -> Iterator[Stored]:
        """All objects whose key begins with this and a `/`."""
        import obstore

        pages = iter(obstore.list(self._reading(), prefix))
        while page := self._ask(lambda: next(pages, None)):
            yield from map(_stored, page)

    def _ask(self, request: Callable[[], T]) -> T:
        """Send one request.

        Raises:
            FileNotFoundError, AlreadyExistsError: as the library says it.
            ObjectStoreFailed: everything else.
        """
        from obstore.exceptions import AlreadyExistsError, BaseError

        if self._silence is not None and self._monotonic() < self._rests_until:
            raise ObjectStoreFailed(str(self._silence), self._silence.code)
        try:
            found = request()
        except (FileNotFoundError, AlreadyExistsError):
            self._silence = None
            raise
        except (BaseError, OSError, ValueError) as error:
            failure = _failure(error)
            if not failure.code:
                self._rests_until = self._monotonic() + self._patience.rest / 1_000
                self._silence = failure
            log.error("the object store of files failed", why=str(failure), code=failure.code)
            raise failure from error
        self._silence = None
        return found

    def _reading(self) -> ObjectStore:
        return self._store(self._patience.read)

    def _writing(self) -> ObjectStore:
        return self._store(self._patience.write)

    def _store(self, timeout: int) -> ObjectStore:
        if timeout not in self._made:
            self._made[timeout] = _open(self._address, self._patience, timeout)
        return self._made[timeout]


def _open(address: ObjectStoreAddress, patience: ObjectStorePatience, timeout: int) -> ObjectStore:
    from obstore.store import from_url

    client: dict[str, Any] = {
        "allow_http": address.allow_http,
        "connect_timeout": timedelta(milliseconds=patience.connect),
        "timeout": timedelta(milliseconds=timeout),
    }
    if address.ca_file:
        client["root_certificate"] = Path(address.ca_file).read_bytes()
    retry: Any = {
        "max_retries": 3,
        "retry_timeout": timedelta(milliseconds=patience.retry),
        "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
    }
    opened: Any = from_url  # its types tell the stores apart by the text of the URL, which is not known here
    store: ObjectStore = opened(address.url, config=address.options, client_options=client, retry_config=retry)
    return store


def _stored(said: Any) -> Stored:
    modified: datetime = said["last_modified"]
    return Stored(said["path"], said["size"], said["e_tag"] or "", modified.timestamp())


def _failure(error: BaseException) -> ObjectStoreFailed:
    """The sentence; the library's own text holds addresses, which are nothing for clients."""
    text = str(error)
    status, code = _STATUS.search(text), _CODE.search(text)
    said = code[1] if code else status[1] if status else ""
    if "169.254.169.254" in text or "credential" in text.lower():
        return ObjectStoreFailed(
            "the server has no credentials for the object store of files; its operator has to give it some", "none"
        )
    if said == _SKEWED:
        return ObjectStoreFailed(
            "the object store of files refuses the time of the server's requests: its operator has to set the "
            "clocks of both by NTP",
            said,
        )
    if said == _NO_BUCKET:
        return ObjectStoreFailed("the bucket of files does not exist; the server's operator has to make it", said)
    if said in ("403", "401") or (status and status[1] in ("401", "403")):
        return ObjectStoreFailed(
            f"the object store of files refuses the server's credentials ({said}); ask its operator", said
        )
    if said:
        return ObjectStoreFailed(f"the object store of files failed ({said}); try again", said)
    return ObjectStoreFailed("the object store of files gives no whole answer; try again")
