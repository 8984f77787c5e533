"""A revision says when it last moved, so that processes read what has changed, and not only that something has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what moved earlier is older than anything that a process has kept."""
    op.add_column("revision", sa.Column("stamp", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_revision_stamp", "revision", ["stamp"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_revision_stamp", "revision")
    op.drop_column("revision", "stamp")
