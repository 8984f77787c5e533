"""The shelf of upstream documents, on our database.

Whatever changes what a document says, or whether it may be believed, moves the project's revision in the same
transaction: answers that stand are given without looking at the shelf.
"""

from __future__ import annotations

import asyncio

import msgspec
from sqlalchemy import Connection

from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import documents, repositories, revisions
from pratique.store.database import Database
from pratique.upstream.shelf import DocumentHead

_FIELDS = DocumentHead.__struct_fields__
_FOUND = 200
_NEVER = Instant(0)


class StoredDocuments:
    """A `pratique.upstream.shelf.DocumentShelf`. Its content can be fetched again, so no write waits for the disk."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def head(self, upstream_id: int, name: str) -> DocumentHead | None:
        """What is kept, without its bytes; None if the upstream was never asked."""
        found = await self._db.read(documents.head, upstream_id, name)
        return _head(found) if found is not None else None

    async def content(self, upstream_id: int, name: str) -> tuple[DocumentHead, bytes] | None:
        """What is kept, with its bytes unpacked. Raises BadUpstream if they are damaged."""
        found = await self._db.read(documents.find, upstream_id, name)
        if found is None:
            return None
        return _head(found), await asyncio.to_thread(found.uncompressed)

    async def store(self, upstream_id: int, name: str, head: DocumentHead, packed: bytes) -> None:
        """Keep a new document in place of what was kept."""
        document = documents.Document(
            upstream_id=upstream_id, name=name, content=packed, **msgspec.structs.asdict(head)
        )
        await self._db.write(_store, document, durable=False)

    async def confirm(self, upstream_id: int, name: str, checked: Instant, etag: str | None) -> None:
        """Note that the upstream says that the document kept still holds."""
        await self._db.write(documents.confirm, upstream_id, name, checked, etag, durable=False)

    async def refuse(self, upstream_id: int, name: str) -> None:
        """Note that the upstream refuses it; said again, it changes nothing."""
        await self._db.write(_refuse, upstream_id, name, durable=False)

    async def missing(self, upstream_id: int, name: str, checked: Instant) -> None:
        """Note that the upstream has nothing of this name; the copy held before is kept beside it."""
        await self._db.write(_missing, upstream_id, name, checked, durable=False)


def _store(connection: Connection, document: documents.Document) -> None:
    documents.store(connection, document)
    _outdate(connection, document.upstream_id, document.name)


def _refuse(connection: Connection, upstream_id: int, name: str) -> None:
    held = documents.head(connection, upstream_id, name)
    if held is not None and held.checked != _NEVER:
        documents.confirm(connection, upstream_id, name, _NEVER, None)
        _outdate(connection, upstream_id, name)


def _missing(connection: Connection, upstream_id: int, name: str, checked: Instant) -> None:
    held = documents.head(connection, upstream_id, name)
    documents.missing(connection, upstream_id, name, checked)
    if held is not None and held.status == _FOUND:  # of what was never there nobody has an answer
        _outdate(connection, upstream_id, name)


def _outdate(connection: Connection, upstream_id: int, name: str) -> None:
    upstream = repositories.find_upstream(connection, upstream_id)
    if upstream is not None:
        revisions.bump(connection, upstream.repository_id, ProjectKey(EcosystemId(upstream.ecosystem), name))


def _head(found: documents.Document | documents.DocumentHead) -> DocumentHead:
    return DocumentHead(**{field: getattr(found, field) for field in _FIELDS})
