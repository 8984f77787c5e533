"""What is known of names apart from projects: which of them models invent, and who disputes one."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from pratique.store.schema.columns import instant, metadata, own_id, repository_id

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
