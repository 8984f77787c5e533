"""Decisions remember which versions were allowed when they were made. Of older ones it is not known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("decision", sa.Column("allowed", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("decision", "allowed")
