"""Releases that people look at, who said what about them, and files that wait for their scan."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from pratique.store.schema.columns import Id, instant, metadata, own_id, repository_id

release_case = Table(
    "release_case",
    metadata,
    own_id(),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, cleared, confirmed
    Column("suspicion", String(16), nullable=False),  # see core.reviews.Suspicion
    Column("score", Integer, nullable=False),  # of the scan, 0 to 100
    Column("weight", Integer, nullable=False),  # of all reports, bounded; sorts the queue
    Column("why", Text, nullable=False),
    Column("evidence", Text, nullable=False),  # JSON: findings of the scan
    Column("held", Boolean, nullable=False),  # until a person has decided
    instant("held_until", nullable=True),  # for a time, by the report of somebody trusted
    instant("at"),
    Column("decided_by", Text),
    instant("decided_at", nullable=True),
    Column("reason", Text),
    UniqueConstraint("repository_id", "ecosystem", "name", "version"),
    Index(None, "repository_id", "state"),
)

opinion = Table(
    "opinion",
    metadata,
    Column("case_id", Id, ForeignKey("release_case.id"), primary_key=True),
    Column("by", String(128), primary_key=True),
    Column("account_id", Id),  # null: the operator, on the data folder
    Column("wish", String(16), nullable=False),  # cleared, confirmed
    Column("reason", Text, nullable=False),
    instant("at"),
)

report = Table(
    "report",
    metadata,
    own_id(),
    Column("case_id", Id, ForeignKey("release_case.id"), nullable=False),
    Column("by", String(128), nullable=False),  # an account's name, or a network of nobody in particular
    Column("account_id", Id),
    Column("why", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("holds", Boolean, nullable=False),  # it keeps the release back for a time
    instant("at"),
    Column("outcome", String(16)),  # right, wrong; null: nobody has decided
    UniqueConstraint("case_id", "by"),
    Index(None, "by", "at"),
    Index(None, "account_id"),
)

trusted_reporter = Table(
    "trusted_reporter",
    metadata,
    Column("account_id", Id, ForeignKey("account.id"), primary_key=True),
    Column("by", Text, nullable=False),
    instant("at"),
)

awaiting_scan = Table(
    "awaiting_scan",
    metadata,
    Column("file_id", Id, ForeignKey("file.id"), primary_key=True, autoincrement=False),
    Column("withheld", Boolean, nullable=False),  # nothing of the file is public before the scan
    instant("since"),
    instant("claimed_until"),  # somebody is at it until then
)

case_time = Table(
    "case_time",
    metadata,
    own_id(),
    Column("what", String(32), nullable=False),  # see services.judging.cases
    Column("took", BigInteger, nullable=False),  # milliseconds
    instant("at"),
    Index(None, "what", "at"),
)
