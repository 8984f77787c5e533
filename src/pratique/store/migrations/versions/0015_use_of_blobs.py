"""Blobs tell when they were last handed out, and whether their bytes were removed to make room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns, and the way from a blob to its files."""
    op.add_column("blob", sa.Column("used", sa.BigInteger()))
    op.add_column("blob", sa.Column("place", sa.String(16)))
    op.create_index("ix_file_sha256", "file", ["sha256"])


def downgrade() -> None:
    """Drop them; what was removed to make room is then missing, and fetched again."""
    op.drop_index("ix_file_sha256", "file")
    op.drop_column("blob", "place")
    op.drop_column("blob", "used")
