"""This server's signatures over own files, and the keys they were made with."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

from pratique.store.schema.columns import Id, instant, metadata

signing_key = Table(
    "signing_key",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("public", Text, nullable=False),  # base64 of its SubjectPublicKeyInfo
    instant("created"),
    instant("expires", nullable=True),  # since when another one signs
)

signature = Table(
    "signature",
    metadata,
    Column("file_id", Id, ForeignKey("file.id"), primary_key=True),
    Column("key_id", String(64), ForeignKey("signing_key.key_id"), primary_key=True),
    Column("value", Text, nullable=False),
)
