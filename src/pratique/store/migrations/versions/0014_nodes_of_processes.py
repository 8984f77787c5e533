"""Processes tell of which node they are, and what it has to have in common with the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns."""
    op.add_column("process", sa.Column("node", sa.Text()))
    op.add_column("process", sa.Column("common", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Drop both."""
    op.drop_column("process", "common")
    op.drop_column("process", "node")
