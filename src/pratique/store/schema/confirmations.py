"""What people are asked to confirm in the browser, and the codes that prove it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, Text

from pratique.store.schema.columns import Id, instant, metadata

challenge = Table(
    "challenge",
    metadata,
    Column("done_sha256", String(64), primary_key=True),  # of the secret with which the client comes back
    Column("page_sha256", String(64), nullable=False, unique=True),  # of the secret in the page's address
    Column("purpose", String(16), nullable=False),
    Column("subject", Text, nullable=False),  # purl of the project, empty where it is about none
    Column("ecosystem", String(16), nullable=False),
    Column("account_id", Id, ForeignKey("account.id")),  # who has to confirm; None until somebody signs in
    Column("client", Text, nullable=False),  # what it calls itself
    Column("address", Text, nullable=False),
    Column("compare", String(16), nullable=False),
    instant("created"),
    instant("expires"),
    instant("answered", nullable=True),
    Column("allowed", Boolean),
    Column("session_sha256", String(64)),  # in which it was confirmed
    Column("code_sha256", String(64)),  # of the code that the page showed
    instant("collected", nullable=True),
)

one_time_code = Table(
    "one_time_code",
    metadata,
    Column("secret_sha256", String(64), primary_key=True),
    Column("account_id", Id, ForeignKey("account.id"), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    instant("created"),
    instant("expires"),
    instant("used", nullable=True),
)
