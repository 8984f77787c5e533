"""What is known of names, and what people decided about new ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables; the names that are here already are laid down when the server starts."""
    op.create_table(
        "name_form",
        sa.Column("place", _ID, autoincrement=False, nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("form", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", "ecosystem", "form", "name", name="pk_name_form"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ranked_name",
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("downloads", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("ecosystem", "place", name="pk_ranked_name"),
    )
    op.create_table(
        "name_import",
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("names", sa.BigInteger(), nullable=False),
        sa.Column("ranked", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ecosystem", name="pk_name_import"),
    )
    _create_decided()


def _create_decided() -> None:
    op.create_table(
        "name_review",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("repository_id", _ID, nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("targets", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["repository_id"], ["repository.id"], name="fk_name_review_repository_id"),
        sa.PrimaryKeyConstraint("id", name="pk_name_review"),
        sa.UniqueConstraint("repository_id", "ecosystem", "name", name="uq_name_review_repository_id_ecosystem_name"),
    )
    op.create_table(
        "name_exception",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("repository_id", _ID, nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("removed", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["repository_id"], ["repository.id"], name="fk_name_exception_repository_id"),
        sa.PrimaryKeyConstraint("id", name="pk_name_exception"),
    )
    op.create_index(
        "ix_name_exception_repository_id_ecosystem_name", "name_exception", ["repository_id", "ecosystem", "name"]
    )


def downgrade() -> None:
    """Drop them; what waits for a person is then offered."""
    for table in ("name_exception", "name_review", "name_import", "ranked_name", "name_form"):
        op.drop_table(table)
