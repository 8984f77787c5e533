"""What scans of artefacts found: of those that are stored here, and of those that were refused because of it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from pratique.store.schema.columns import instant, metadata

scan = Table(
    "scan",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("ecosystem", String(16), primary_key=True),
    Column("name", Text, primary_key=True),  # canonical
    Column("version", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("rules", String(16), nullable=False),  # stands for all detectors and their versions
    Column("verdict", String(16), nullable=False),
    Column("score", Integer, nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("previous", String(64)),  # sha256 of the release it was compared with, null: with none
    Column("worst", Text, nullable=False),  # JSON: the first of the findings
    Column("findings", Text, nullable=False),  # canonical JSON, bounded
    instant("at"),
    Index("ix_scan_project", "ecosystem", "name"),
    Index("ix_scan_rules", "rules"),
)
