"""Releases know what their publishers say of them later, and when they took them away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns, empty."""
    op.add_column("release", sa.Column("deprecated", sa.Text()))
    op.add_column("release", sa.Column("unpublished", sa.BigInteger()))


def downgrade() -> None:
    """Drop both."""
    op.drop_column("release", "unpublished")
    op.drop_column("release", "deprecated")
