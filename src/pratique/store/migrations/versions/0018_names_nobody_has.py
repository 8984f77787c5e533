"""Names nobody has: whose share each takes; names that models invent; disputes; who founded a project."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_BEFORE = "repository_id, ecosystem, name, actor_kind, first, last, count"
_INDEXES = (
    ("missing_name", ("asker", "last")),
    ("missing_name", ("repository_id", "ecosystem", "twin")),
    ("project", ("founder_id", "founded")),
    ("dispute", ("repository_id", "ecosystem", "name")),
)


def upgrade() -> None:
    """Make the tables; what was asked for before counts as asked by somebody unknown, and as its own twin."""
    op.execute(f"CREATE TABLE asked_before AS SELECT {_BEFORE} FROM missing_name")  # noqa: S608
    op.drop_index("ix_missing_name_last", "missing_name")
    op.drop_table("missing_name")
    _add_missing(sa.Column("asker", sa.String(64), nullable=False), sa.Column("twin", sa.Text(), nullable=False))
    op.execute(
        f"INSERT INTO missing_name ({_BEFORE}, asker, twin) SELECT {_BEFORE}, '', name FROM asked_before"  # noqa: S608
    )
    op.drop_table("asked_before")
    _add_names()
    _add_disputes()
    op.add_column("project", sa.Column("founder_id", _ID))
    op.add_column("project", sa.Column("founded", sa.BigInteger()))
    for table, columns in _INDEXES:
        op.create_index(_index(table, columns), table, list(columns))


def _add_missing(*more: sa.Column[str]) -> None:
    asker = [column.name for column in more if column.name == "asker"]
    op.create_table(
        "missing_name",
        sa.Column("repository_id", _ID, nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(["repository_id"], ["repository.id"], name="fk_missing_name_repository_id"),
        sa.PrimaryKeyConstraint("repository_id", "ecosystem", "name", "actor_kind", *asker, name="pk_missing_name"),
    )


def _add_names() -> None:
    op.create_table(
        "invented_name",
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("twin", sa.Text(), nullable=False),
        sa.Column("feed", sa.String(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ecosystem", "twin", "feed", name="pk_invented_name"),
    )
    op.create_table(
        "name_feed",
        sa.Column("feed", sa.String(32), nullable=False),
        sa.Column("taken_in", sa.BigInteger()),
        sa.Column("names", sa.Integer(), nullable=False),
        sa.Column("failed", sa.BigInteger()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_name_feed"),
    )


def _add_disputes() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("repository_id", _ID, nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("claimant", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("notice_ends", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger()),
        sa.Column("closed_by", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.ForeignKeyConstraint(["repository_id"], ["repository.id"], name="fk_dispute_repository_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
    )


def downgrade() -> None:
    """Drop them; of missing names the sum over all who asked is left."""
    for table, columns in reversed(_INDEXES):
        op.drop_index(_index(table, columns), table)
    for table in ("dispute", "name_feed", "invented_name"):
        op.drop_table(table)
    for column in ("founded", "founder_id"):
        op.drop_column("project", column)
    op.execute(
        "CREATE TABLE asked_since AS SELECT repository_id, ecosystem, name, actor_kind, min(first) AS first, "
        "max(last) AS last, sum(count) AS count FROM missing_name GROUP BY repository_id, ecosystem, name, actor_kind"
    )
    op.drop_table("missing_name")
    _add_missing()
    op.execute(f"INSERT INTO missing_name ({_BEFORE}) SELECT {_BEFORE} FROM asked_since")  # noqa: S608
    op.drop_table("asked_since")
    op.create_index("ix_missing_name_last", "missing_name", ["last"])


def _index(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
