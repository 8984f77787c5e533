"""Rendered listings outlive the process that made them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "stored_view",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("address", sa.String(32), nullable=False),
        sa.Column("repository_id", _ID, nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("policy_class", sa.String(32), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(64), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("written", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("plain_size", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["repository_id"], ["repository.id"], name="fk_stored_view_repository_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stored_view"),
        sa.UniqueConstraint("address", name="uq_stored_view_address"),
    )
    op.create_index("ix_stored_view_project", "stored_view", ["repository_id", "ecosystem", "name"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_stored_view_project", "stored_view")
    op.drop_table("stored_view")
