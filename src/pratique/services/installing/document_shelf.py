"""The shelf of upstream documents, on our database."""

from __future__ import annotations

import asyncio

import msgspec

from pratique.core.clock import Instant
from pratique.store import documents
from pratique.store.database import Database
from pratique.upstream.shelf import DocumentHead

_FIELDS = DocumentHead.__struct_fields__


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
        await self._db.write(documents.store, document, durable=False)

    async def confirm(self, upstream_id: int, name: str, checked: Instant, etag: str | None) -> None:
        """Note that the upstream says that the document kept still holds."""
        await self._db.write(documents.confirm, upstream_id, name, checked, etag, durable=False)

    async def missing(self, upstream_id: int, name: str, checked: Instant) -> None:
        """Note that the upstream has nothing of this name; the copy held before is kept beside it."""
        await self._db.write(documents.missing, upstream_id, name, checked, durable=False)


def _head(found: documents.Document | documents.DocumentHead) -> DocumentHead:
    return DocumentHead(**{field: getattr(found, field) for field in _FIELDS})
