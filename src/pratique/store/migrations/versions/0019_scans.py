"""What scans of artefacts found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "scan",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("rules", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=True),
        sa.Column("worst", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "ecosystem", "name", name="pk_scan"),
    )
    op.create_index("ix_scan_project", "scan", ["ecosystem", "name"])
    op.create_index("ix_scan_rules", "scan", ["rules"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_scan_rules", "scan")
    op.drop_index("ix_scan_project", "scan")
    op.drop_table("scan")
