"""People confirm in the browser what clients ask for, owners can demand it, and own files are signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables, empty, and the column."""
    _add_confirmations()
    op.create_table(
        "signing_key",
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger()),
        sa.PrimaryKeyConstraint("key_id", name="pk_signing_key"),
    )
    op.create_table(
        "signature",
        sa.Column("file_id", _ID, sa.ForeignKey("file.id", name="fk_signature_file_id"), nullable=False),
        sa.Column(
            "key_id", sa.String(64), sa.ForeignKey("signing_key.key_id", name="fk_signature_key_id"), nullable=False
        ),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", "key_id", name="pk_signature"),
    )
    op.add_column("project", sa.Column("publish_proof", sa.String(16), nullable=False, server_default="nobody"))


def _add_confirmations() -> None:
    op.create_table(
        "challenge",
        sa.Column("done_sha256", sa.String(64), nullable=False),
        sa.Column("page_sha256", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("account_id", _ID, sa.ForeignKey("account.id", name="fk_challenge_account_id")),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("compare", sa.String(16), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("answered", sa.BigInteger()),
        sa.Column("allowed", sa.Boolean()),
        sa.Column("session_sha256", sa.String(64)),
        sa.Column("code_sha256", sa.String(64)),
        sa.Column("collected", sa.BigInteger()),
        sa.PrimaryKeyConstraint("done_sha256", name="pk_challenge"),
        sa.UniqueConstraint("page_sha256", name="uq_challenge_page_sha256"),
    )
    op.create_table(
        "one_time_code",
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("account_id", _ID, sa.ForeignKey("account.id", name="fk_one_time_code_account_id"), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger()),
        sa.PrimaryKeyConstraint("secret_sha256", name="pk_one_time_code"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_column("project", "publish_proof")
    for table in ("signature", "signing_key", "one_time_code", "challenge"):
        op.drop_table(table)
