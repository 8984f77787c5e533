"""Rendered listings on our database: shared by all processes and nodes, and there after a restart.

Only what is costly to render is kept, and nobody waits for it to be written (docs/adr/0021-stored-views.md). A view
that cannot be stored, or that cannot be read back, is rendered again.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import msgspec
import structlog
from isal import igzip, isal_zlib
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

import pratique
from pratique.core.clock import Instant
from pratique.core.ecosystem import Rendered
from pratique.core.errors import PratiqueError
from pratique.core.names import ProjectKey
from pratique.rules.policy import short_hash
from pratique.services.installing.views import COMPRESSION, Encoded, View
from pratique.store import views
from pratique.store.database import Database
from pratique.store.views import StoredView

_GZIP_WINDOW = 31
MAX_WAITING = 8
"""Views that wait to be written; what comes on top of them is not kept."""

LIBRARIES = ("orjson", "msgspec", "packaging", "isal")
"""They read and write documents, order versions, and compress."""

_log = structlog.get_logger(__name__)


class Belongs(msgspec.Struct, frozen=True):
    """What a view is kept under.

    Attributes:
        address: of the view, as in memory.
        addresses: every URL of the repository; links in a listing are told from others by them.
        weight: bytes of the document that is read to render it; 0 where there is none.
    """

    repository_id: int
    key: ProjectKey
    policy_class: str
    address: str
    addresses: tuple[str, ...]
    weight: int

    @property
    def shared_address(self) -> str:
        """The address among processes that may be set up otherwise, or run another version."""
        return short_hash([self.address, list(self.addresses), made_by()])


class StoredViews:
    """What this process stores and finds. One for each loop."""

    def __init__(self, db: Database, worth_from: int) -> None:
        """Prepare.

        Args:
            db: where they are kept.
            worth_from: weight from which a view is stored; lighter ones are rendered in no more time.
        """
        self._db, self._worth_from = db, worth_from
        self._writing: set[asyncio.Task[None]] = set()
        self._trouble = ""

    def is_worth_it(self, weight: int) -> bool:
        """Whether views of this weight are stored."""
        return weight >= self._worth_from

    async def find(self, belongs: Belongs, revision: int, document: str, now: Instant) -> View | None:
        """The view that holds for this revision, document and instant, whoever made it."""
        if belongs.weight and not self.is_worth_it(belongs.weight):
            return None  # it is there to be found in no time; of own releases only the listing's size is known
        try:
            row, view = await self._db.read(_find, belongs, revision)
        except (PratiqueError, SQLAlchemyError):
            return None  # whoever asks finds out by the next read; it is no worse than not to have it
        if row is not None and view is None:
            _log.warning("a stored listing is damaged; it is rendered again", project=belongs.key.purl())
        return view if view is not None and view.holds(revision, document, now) else None

    def keep(self, belongs: Belongs, view: View, now: Instant) -> None:
        """Have a view written, without waiting for it. Refusals are decided each time, and not kept."""
        if view.encoded.rendered.status != 200 or not self.is_worth_it(max(belongs.weight, view.size)):
            return
        if len(self._writing) >= MAX_WAITING:
            return
        task = asyncio.create_task(self._write(belongs, view, now))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def settled(self) -> None:
        """Wait until what was to be kept is written, or given up."""
        while self._writing:
            await asyncio.gather(*self._writing)

    async def close(self) -> None:
        """Let what is under way end."""
        await self.settled()

    async def _write(self, belongs: Belongs, view: View, now: Instant) -> None:
        try:
            # It changes no answer, so nobody has to look; and it is lost with the power at worst.
            await self._db.write(_store, belongs, view, now, durable=False)
            self._trouble = ""
        except Exception as error:  # noqa: BLE001 - whoever asked has the answer, and the next one can have it rendered
            if str(error) != self._trouble:
                _log.warning("a rendered listing is not stored", project=belongs.key.purl(), why=str(error))
            self._trouble = str(error)


def _find(connection: Connection, belongs: Belongs, revision: int) -> tuple[StoredView | None, View | None]:
    row = views.find(connection, belongs.shared_address, revision)
    return row, _unpacked(row) if row is not None else None


def _store(connection: Connection, belongs: Belongs, view: View, now: Instant) -> bool:
    return views.store(connection, _packed(belongs, view, now))


def _packed(belongs: Belongs, view: View, now: Instant) -> StoredView:
    rendered = view.encoded.rendered
    is_packed = rendered.headers.get("Content-Encoding") == "gzip"
    content = rendered.body if is_packed else igzip.compress(rendered.body, COMPRESSION)
    return StoredView(
        address=belongs.shared_address,
        repository_id=belongs.repository_id,
        ecosystem=belongs.key.ecosystem,
        name=belongs.key.name,
        policy_class=belongs.policy_class,
        revision=view.revision,
        document=view.document,
        made=view.made,
        valid_until=view.valid_until,
        written=now,
        etag=view.encoded.etag,
        content_type=rendered.content_type,
        headers=msgspec.json.encode(rendered.headers).decode(),
        plain_size=0 if is_packed else len(rendered.body),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )


def _unpacked(row: StoredView) -> View | None:
    """The view of a row; None if the row is not as it was written."""
    if hashlib.sha256(row.content).hexdigest() != row.sha256:
        return None
    try:
        headers = msgspec.json.decode(row.headers, type=dict[str, str])
    except msgspec.MsgspecError:
        return None
    body = row.content if headers.get("Content-Encoding") == "gzip" else _inflated(row.content, row.plain_size)
    if body is None:
        return None
    rendered = Rendered(body, row.content_type, headers=headers)
    return View(Encoded(rendered, row.etag), row.revision, row.document, row.made, row.valid_until)


def _inflated(content: bytes, size: int) -> bytes | None:
    """What was packed; never inflates beyond the recorded size."""
    inflater = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)
    try:
        plain: bytes = inflater.decompress(content, size + 1)
    except isal_zlib.error:  # type: ignore[misc]  # isal's stubs forget that it is an exception
        return None
    return plain if len(plain) == size and inflater.eof else None


@functools.cache
def made_by() -> str:
    """Names the code that renders, with its data and its libraries: another may write the same listing otherwise."""
    return name_of_code(Path(pratique.__file__).parent, _versions())


def name_of_code(package: Path, versions: Mapping[str, str]) -> str:
    """A name for everything that stands in a package, and for what it runs on.

    Args:
        versions: by name.
    """
    digest = hashlib.sha256(msgspec.json.encode(sorted(versions.items())))
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package)
        if path.is_file() and "__pycache__" not in name.parts:
            digest.update(name.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _versions() -> dict[str, str]:
    """Of what has a say in the bytes of a listing, or in what is listed."""
    return {"python": sys.version} | {name: metadata.version(name) for name in LIBRARIES}
