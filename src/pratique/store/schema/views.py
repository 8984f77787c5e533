"""Rendered listings, for all processes and nodes and for after a restart."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, Text

from pratique.store.schema.columns import instant, metadata, own_id, repository_id

stored_view = Table(
    "stored_view",
    metadata,
    own_id(),
    Column("address", String(32), nullable=False, unique=True),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("policy_class", String(32), nullable=False),
    Column("revision", BigInteger, nullable=False),  # of the project, for which alone it holds
    Column("document", String(64), nullable=False),  # sha256 of the upstream's, empty for own projects
    instant("made"),
    instant("valid_until", nullable=True),
    instant("written"),
    Column("etag", String(64), nullable=False),
    Column("content_type", Text, nullable=False),
    Column("headers", Text, nullable=False),  # JSON
    Column("plain_size", BigInteger, nullable=False),  # of what is packed
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the content as it stands here
    Column("content", LargeBinary, nullable=False),  # gzip; last, so that the rest is read without it
    Index("ix_stored_view_project", "repository_id", "ecosystem", "name"),
)
