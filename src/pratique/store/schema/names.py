"""What is known of names apart from projects: which there are, how popular, which are invented, what people decided."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint

from pratique.store.schema.columns import Id, instant, metadata, own_id, repository_id

name_form = Table(
    "name_form",
    metadata,
    Column("place", Id, primary_key=True, autoincrement=False),  # a repository, or 0 for all: what is public anyway
    Column("ecosystem", String(16), primary_key=True),
    Column("form", BigInteger, primary_key=True, autoincrement=False),  # digest, see store.name_forms
    Column("name", Text, primary_key=True),
    sqlite_with_rowid=False,
)

ranked_name = Table(
    "ranked_name",
    metadata,
    Column("ecosystem", String(16), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),  # from 0, the most popular first
    Column("name", Text, nullable=False),
    Column("downloads", BigInteger),  # a month
)

name_import = Table(
    "name_import",
    metadata,
    Column("ecosystem", String(16), primary_key=True),
    instant("at"),
    Column("names", BigInteger, nullable=False),
    Column("ranked", Integer, nullable=False),
    Column("number", Integer, nullable=False),  # counts imports
)

name_review = Table(
    "name_review",
    metadata,
    own_id(),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, approved, refused
    Column("verdict", String(16), nullable=False),  # review, hold
    Column("kind", String(64), nullable=False),
    Column("score", Integer, nullable=False),  # thousandths
    Column("targets", Text, nullable=False),  # JSON
    Column("why", Text, nullable=False),  # names what only administrators may know of
    Column("told", Text, nullable=False),  # the same for everybody
    Column("by", Text, nullable=False),
    instant("at"),
    Column("decided_by", Text),
    instant("decided_at", nullable=True),
    Column("reason", Text),
    UniqueConstraint("repository_id", "ecosystem", "name"),
)

name_exception = Table(
    "name_exception",
    metadata,
    own_id(),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("target", Text, nullable=False),  # empty: whatever it resembles
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    instant("created"),
    instant("expires", nullable=True),
    instant("removed", nullable=True),
    Index(None, "repository_id", "ecosystem", "name"),
)

invented_name = Table(
    "invented_name",
    metadata,
    Column("ecosystem", String(16), primary_key=True),
    Column("twin", Text, primary_key=True),
    Column("feed", String(32), primary_key=True),
    Column("name", Text, nullable=False),
)

name_feed = Table(
    "name_feed",
    metadata,
    Column("feed", String(32), primary_key=True),
    instant("taken_in", nullable=True),  # null: it never worked
    Column("names", Integer, nullable=False),
    instant("failed", nullable=True),  # null: the last import worked
    Column("why", Text, nullable=False),
)

dispute = Table(
    "dispute",
    metadata,
    own_id(),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("claimant", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    instant("opened"),
    instant("notice_ends"),
    instant("closed", nullable=True),
    Column("closed_by", Text),
    Column("outcome", Text),
    Index(None, "repository_id", "ecosystem", "name"),
)
