"""A denial of a name reaches its twins; a yank is kept beside the state of a release.

In cargo twins differ in `-` and `_`; in the other ecosystems there were, no name has any.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FILLED = "UPDATE {} SET twin = CASE WHEN ecosystem = 'cargo' THEN replace(lower(name), '-', '_') ELSE name END"

_COVERED = """
SELECT release.id, project.ecosystem, release.version, revocation.version FROM release
    JOIN project ON project.id = release.project_id
    JOIN revocation ON revocation.repository_id = project.repository_id
        AND revocation.ecosystem = project.ecosystem AND revocation.twin = project.twin
WHERE release.clearance IN ('live', 'quarantined') AND project.origin = 'own' AND revocation.lifted IS NULL
    AND (revocation.filename IS NULL OR revocation.name <> project.name)
"""
"""What was yanked and then revoked was called yanked; a revocation under another spelling was not heard of."""


def upgrade() -> None:
    """Add the columns, filled, with their indexes; take yanks out of the states."""
    for table in ("revocation", "advisory"):
        op.add_column(table, sa.Column("twin", sa.Text()))
        op.execute(_FILLED.format(table))
    op.create_index("ix_revocation_repository_id_ecosystem_twin", "revocation", ["repository_id", "ecosystem", "twin"])
    op.drop_index("ix_advisory_ecosystem_name", "advisory")
    op.create_index("ix_advisory_ecosystem_twin", "advisory", ["ecosystem", "twin"])
    op.execute("UPDATE release SET yank_reason = NULL WHERE clearance <> 'yanked'")
    op.execute(
        "UPDATE release SET clearance = 'live', yank_reason = coalesce(yank_reason, '') WHERE clearance = 'yanked'"
    )
    _revoke_what_is_covered()


def _revoke_what_is_covered() -> None:
    """Give each own release the state that the revocations in force have for it."""
    bind = op.get_bind()
    found = bind.execute(sa.text(_COVERED)).all()
    covered = {row[0] for row in found if row[3] is None or _one_of(row[1], row[2]) == _one_of(row[1], row[3])}
    for release in sorted(covered):
        bind.execute(sa.text("UPDATE release SET clearance = 'revoked' WHERE id = :id"), {"id": release})


def _one_of(ecosystem: str, version: str) -> str:
    """What versions share of which an index of cargo has one only."""
    return version.partition("+")[0].lower() if ecosystem == "cargo" else version


def downgrade() -> None:
    """Put yanks back among the states, and drop the columns."""
    op.execute("UPDATE release SET clearance = 'yanked' WHERE yank_reason IS NOT NULL")
    op.drop_index("ix_advisory_ecosystem_twin", "advisory")
    op.create_index("ix_advisory_ecosystem_name", "advisory", ["ecosystem", "name"])
    op.drop_index("ix_revocation_repository_id_ecosystem_twin", "revocation")
    for table in ("advisory", "revocation"):
        op.drop_column(table, "twin")
