"""Releases that people look at: cases, opinions, reports; files that wait for their scan; frozen accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_INDEXES = (
    ("release_case", ("repository_id", "state")),
    ("report", ("by", "at")),
    ("report", ("account_id",)),
    ("case_time", ("what", "at")),
)
_FROZEN = (("frozen", sa.BigInteger()), ("frozen_by", sa.Text()), ("frozen_reason", sa.Text()))


def upgrade() -> None:
    """Make them, empty: what was published before is public, and nobody is frozen."""
    _add_cases()
    _add_reports()
    op.create_table(
        "awaiting_scan",
        sa.Column("file_id", _ID, autoincrement=False, nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name="fk_awaiting_scan_file_id"),
        sa.PrimaryKeyConstraint("file_id", name="pk_awaiting_scan"),
    )
    op.create_table(
        "case_time",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("took", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_time"),
    )
    for column, kind in _FROZEN:
        op.add_column("account", sa.Column(column, kind))
    for table, columns in _INDEXES:
        op.create_index(_index(table, columns), table, list(columns))


def _add_cases() -> None:
    op.create_table(
        "release_case",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("repository_id", _ID, nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("suspicion", sa.String(16), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("held_until", sa.BigInteger()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["repository_id"], ["repository.id"], name="fk_release_case_repository_id"),
        sa.PrimaryKeyConstraint("id", name="pk_release_case"),
        sa.UniqueConstraint(
            "repository_id",
            "ecosystem",
            "name",
            "version",
            name="uq_release_case_repository_id_ecosystem_name_version",
        ),
    )
    op.create_table(
        "opinion",
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("account_id", _ID),
        sa.Column("wish", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["release_case.id"], name="fk_opinion_case_id"),
        sa.PrimaryKeyConstraint("case_id", "by", name="pk_opinion"),
    )


def _add_reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("account_id", _ID),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.ForeignKeyConstraint(["case_id"], ["release_case.id"], name="fk_report_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("case_id", "by", name="uq_report_case_id_by"),
    )
    op.create_table(
        "trusted_reporter",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_trusted_reporter_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_trusted_reporter"),
    )


def downgrade() -> None:
    """Drop them. A release of which a file was still withheld becomes one that is being scanned, which nobody gets."""
    op.execute(
        "UPDATE release SET clearance = 'scanning' WHERE clearance = 'live' AND id IN "
        "(SELECT release_id FROM file JOIN awaiting_scan ON file_id = file.id WHERE withheld)"
    )
    for table, columns in reversed(_INDEXES):
        op.drop_index(_index(table, columns), table)
    for column, _ in reversed(_FROZEN):
        op.drop_column("account", column)
    for table in ("case_time", "awaiting_scan", "trusted_reporter", "report", "opinion", "release_case"):
        op.drop_table(table)


def _index(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
