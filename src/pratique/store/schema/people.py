"""Accounts, sessions, tokens, links that work once."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, Text

from pratique.store.schema.columns import Id, instant, metadata, own_id

account = Table(
    "account",
    metadata,
    own_id(),
    Column("name", String(128), nullable=False, unique=True),
    Column("password", Text),
    Column("admin", Boolean, nullable=False),
    instant("created"),
    instant("disabled", nullable=True),
    instant("frozen", nullable=True),  # publishes nothing while it is looked at
    Column("frozen_by", Text),
    Column("frozen_reason", Text),
)

one_time_link = Table(
    "one_time_link",
    metadata,
    Column("secret_sha256", String(64), primary_key=True),
    Column("purpose", String(32), nullable=False),
    instant("expires"),
    instant("used", nullable=True),
)

session = Table(
    "session",
    metadata,
    Column("secret_sha256", String(64), primary_key=True),
    Column("account_id", Id, ForeignKey("account.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    instant("created"),
    instant("expires"),
    instant("stepped_up", nullable=True),
)

token = Table(
    "token",
    metadata,
    own_id(),
    Column("secret_sha256", String(64), nullable=False, unique=True),
    Column("account_id", Id, ForeignKey("account.id")),
    Column("name", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("scope", Text, nullable=False),
    instant("created"),
    instant("expires", nullable=True),
    instant("revoked", nullable=True),
)
