"""Upstream index documents as they arrived, compressed, with what is needed to ask again cheaply."""

from __future__ import annotations

import hashlib
import zlib

import msgspec
import sqlalchemy as sa
from isal import isal_zlib

from pratique.core.clock import Instant
from pratique.core.errors import BadUpstream
from pratique.store.dialects import insert
from pratique.store.rows import one
from pratique.store.schema import document, document_content

_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_NOTHING = hashlib.sha256(b"").hexdigest()


class DocumentHead(msgspec.Struct, frozen=True):
    """All that is known of a document but its bytes.

    Attributes:
        status: 200, or 404: the upstream has nothing under this name. Then all else but `checked` is of
            the copy held before; its size is 0 if there was none.
        url: where it was fetched, the base of relative links.
        sha256: of the uncompressed content.
        size: of the uncompressed content.
        fetched: when these bytes arrived.
        checked: when the upstream last confirmed them, or last said that it has nothing.
    """

    upstream_id: int
    name: str
    status: int
    etag: str | None
    last_modified: str | None
    content_type: str
    url: str
    sha256: str
    size: int
    fetched: Instant
    checked: Instant


class Document(msgspec.Struct, frozen=True):
    """A document with its bytes; the other attributes are those of `DocumentHead`.

    Attributes:
        content: gzip, as it is stored and can be sent on.
    """

    upstream_id: int
    name: str
    status: int
    etag: str | None
    last_modified: str | None
    content_type: str
    url: str
    content: bytes
    sha256: str
    size: int
    fetched: Instant
    checked: Instant

    def uncompressed(self) -> bytes:
        """The document as the upstream wrote it; never inflates beyond the recorded size.

        Raises:
            BadUpstream: what is stored is not what was recorded.
        """
        if not self.content and not self.size:
            return b""
        inflater = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)
        try:
            plain: bytes = inflater.decompress(self.content, self.size + 1)
        except isal_zlib.error:  # type: ignore[misc]  # isal's stubs forget that it is an exception
            plain = b""
        if len(plain) != self.size or not inflater.eof:
            raise BadUpstream(f"the stored index document of {self.name} is damaged; it has to be fetched again")
        return plain


_KEY = ("upstream_id", "name")
_head = sa.select(document).where(
    document.c.upstream_id == sa.bindparam("upstream"), document.c.name == sa.bindparam("wanted")
)
_whole = _head.add_columns(document_content.c.content).join(
    document_content, document_content.c.document_id == document.c.id
)


def find(c: sa.Connection, upstream_id: int, name: str) -> Document | None:
    """The stored document, or None if this name was never asked for."""
    return one(c.execute(_whole, {"upstream": upstream_id, "wanted": name}), Document)


def head(c: sa.Connection, upstream_id: int, name: str) -> DocumentHead | None:
    """The stored document without its bytes: for freshness and conditional requests."""
    return one(c.execute(_head, {"upstream": upstream_id, "wanted": name}), DocumentHead)


def store(c: sa.Connection, new: Document) -> None:
    """Keep a document in the place of the one known before."""
    values = {field: getattr(new, field) for field in DocumentHead.__struct_fields__}
    row = insert(c, document).values(values)
    changed = {field: value for field, value in values.items() if field not in _KEY}
    upsert = row.on_conflict_do_update(index_elements=_KEY, set_=changed).returning(document.c.id)
    document_id = c.execute(upsert).scalar_one()
    bytes_row = insert(c, document_content).values(document_id=document_id, content=new.content)
    c.execute(bytes_row.on_conflict_do_update(index_elements=["document_id"], set_={"content": new.content}))


def confirm(c: sa.Connection, upstream_id: int, name: str, checked: Instant, etag: str | None) -> None:
    """Record that the upstream still has exactly these bytes (304); an ETag it repeated is kept."""
    changed = {"checked": checked} if etag is None else {"checked": checked, "etag": etag}
    c.execute(document.update().where(document.c.upstream_id == upstream_id, document.c.name == name).values(changed))


def missing(c: sa.Connection, upstream_id: int, name: str, checked: Instant) -> None:
    """Record that the upstream has nothing under this name; the copy held before stays beside it.

    Without that copy a project that is away for one moment could come back with any past.
    """
    nothing = Document(
        upstream_id, name, 404, None, None, "", "", b"", _NOTHING, size=0, fetched=checked, checked=checked
    )
    values = {field: getattr(nothing, field) for field in DocumentHead.__struct_fields__}
    noted = insert(c, document).values(values)
    changed = {"status": nothing.status, "checked": checked}
    upsert = noted.on_conflict_do_update(index_elements=_KEY, set_=changed).returning(document.c.id)
    document_id = c.execute(upsert).scalar_one()
    bytes_row = insert(c, document_content).values(document_id=document_id, content=nothing.content)
    c.execute(bytes_row.on_conflict_do_nothing(index_elements=["document_id"]))
