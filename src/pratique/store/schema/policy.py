"""What people lay down, what was decided, and what is known to be harmful."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

from pratique.store.schema.columns import Id, instant, metadata, own_id, repository_id

reservation = Table(
    "reservation",
    metadata,
    own_id(),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("pattern", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    instant("created"),
    UniqueConstraint("repository_id", "ecosystem", "pattern"),
)

list_entry = Table(
    "list_entry",
    metadata,
    own_id(),
    repository_id(),
    Column("kind", String(16), nullable=False),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("versions", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    instant("created"),
    instant("expires", nullable=True),
    instant("removed", nullable=True),
    Index(None, "repository_id", "ecosystem"),
)

rule_setting = Table(
    "rule_setting",
    metadata,
    Column("repository_id", Id, ForeignKey("repository.id"), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("mode", String(16), nullable=False),
    instant("until", nullable=True),
    Column("options", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

waiver = Table(
    "waiver",
    metadata,
    own_id(),
    repository_id(),
    Column("rule", String(64), nullable=False),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("versions", Text, nullable=False),
    Column("actor_kinds", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("confirmed_by", Text),
    Column("state", String(16), nullable=False),  # pending (waits for a second person), active, withdrawn
    instant("created"),
    instant("starts"),
    instant("expires", nullable=True),
    Column("files", Text, nullable=False),  # JSON: file name to its digests; {} for all files
    Index(None, "repository_id", "ecosystem", "name"),
)

decision = Table(
    "decision",
    metadata,
    Column("id", String(26), primary_key=True),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("content", Text, nullable=False),
    instant("first"),
    instant("last"),
    Column("allowed", Text),  # versions that were allowed when it was last made; null if nobody knew
    Index(None, "last"),
)

revocation = Table(
    "revocation",
    metadata,
    own_id(),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("twin", Text),  # shared by the names that are revoked with this one
    Column("version", Text),
    Column("filename", Text),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    instant("at"),
    instant("lifted", nullable=True),
    Column("lifted_by", Text),
    Column("by_admin", Boolean, nullable=False, server_default=true()),
    Column("digests", Text, nullable=False, server_default="[]"),  # JSON: of the revoked file's bytes
    Index(None, "repository_id", "ecosystem", "name"),
    Index(None, "repository_id", "ecosystem", "twin"),
)

advisory = Table(
    "advisory",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("ecosystem", String(16), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("twin", Text),  # shared by the names that this is about
    Column("source", String(32), nullable=False),
    Column("malware", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("summary", Text, nullable=False),
    Column("affected", Text, nullable=False),
    instant("published"),
    instant("modified"),
    Index(None, "ecosystem", "twin"),
)

advisory_record = Table(
    "advisory_record",
    metadata,
    Column("id", String(128), primary_key=True),
    instant("modified"),
    Column("content", LargeBinary, nullable=False),  # packed by the advisories room; empty: too long to be kept
)

advisory_import = Table(
    "advisory_import",
    metadata,
    Column("source", String(32), primary_key=True),
    instant("at"),
    instant("newest"),  # latest `modified` in it
    Column("records", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
)
