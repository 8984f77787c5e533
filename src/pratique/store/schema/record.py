"""What happened, who runs, and the counters that tell of changes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from pratique.store.schema.columns import Id, instant, metadata, own_id, repository_id

event = Table(
    "event",
    metadata,
    Column("id", String(36), primary_key=True),
    instant("at"),
    Column("kind", String(64), nullable=False),
    Column("actor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index(None, "subject"),
    Index(None, "at"),
)

download = Table(
    "download",
    metadata,
    own_id(),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("token_id", Id),
    instant("at"),
    Index(None, "repository_id", "ecosystem", "name", "version"),
)

missing_name = Table(
    "missing_name",
    metadata,
    Column("repository_id", Id, ForeignKey("repository.id"), primary_key=True),
    Column("ecosystem", String(16), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("actor_kind", String(16), primary_key=True),
    Column("asker", String(64), primary_key=True),  # whose share the row takes from
    Column("twin", Text, nullable=False),  # as in project
    instant("first"),
    instant("last"),
    Column("count", Integer, nullable=False),
    Index(None, "asker", "last"),
    Index(None, "repository_id", "ecosystem", "twin"),
)

process = Table(
    "process",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    instant("started"),
    instant("heartbeat"),
    Column("node", Text),  # the server it belongs to: machine and data folder
    Column("common", Text, nullable=False, server_default="{}"),  # JSON: what all nodes have to have in common
)

revision = Table(
    "revision",
    metadata,
    Column("repository_id", Id, primary_key=True),  # 0 with empty names: the global counter
    Column("ecosystem", String(16), primary_key=True),
    Column("name", Text, primary_key=True),  # empty: all projects of the repository
    Column("value", BigInteger, nullable=False),
    Column("stamp", BigInteger, nullable=False, server_default="0", index=True),  # global counter at the last change
)
