"""Where packages come from: repositories, upstreams and their documents."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from pratique.store.schema.columns import Id, instant, metadata, own_id, repository_id

repository = Table(
    "repository",
    metadata,
    own_id(),
    Column("name", String(64), nullable=False, unique=True),
    Column("anonymous_read", Boolean, nullable=False),
    instant("created"),
)

upstream = Table(
    "upstream",
    metadata,
    own_id(),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("url", Text, nullable=False),
    UniqueConstraint("repository_id", "ecosystem", "url"),
)

document = Table(
    "document",
    metadata,
    own_id(),
    Column("upstream_id", Id, ForeignKey("upstream.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Integer, nullable=False),  # 200, or 404: the upstream has nothing under this name
    Column("etag", Text),
    Column("last_modified", Text),
    Column("content_type", Text, nullable=False),
    Column("url", Text, nullable=False),  # where it was fetched, the base of relative links
    Column("sha256", String(64), nullable=False),  # of the uncompressed content
    Column("size", BigInteger, nullable=False),  # uncompressed
    instant("fetched"),  # when these bytes arrived
    instant("checked"),  # when the upstream last confirmed them
    UniqueConstraint("upstream_id", "name"),
)

# Apart from its document, so that confirming one does not write megabytes again.
document_content = Table(
    "document_content",
    metadata,
    Column("document_id", Id, ForeignKey("document.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # gzip
)
