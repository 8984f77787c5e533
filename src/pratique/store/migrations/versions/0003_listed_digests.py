"""Files remember the digests by which they were first listed. Of older rows they are not known: the next ones count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("file", sa.Column("listed", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("file", "listed")
