"""The record that an advisory's rows were read from is kept, as far as it is imported from now on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; the next import fills it."""
    op.create_table(
        "advisory_record",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("advisory_record")
