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

_REVOKED = """
UPDATE release SET clearance = 'revoked' WHERE clearance = 'live' AND yank_reason IS NOT NULL AND EXISTS (
    SELECT 1 FROM revocation JOIN project ON project.repository_id = revocation.repository_id
        AND project.ecosystem = revocation.ecosystem AND project.name = revocation.name
    WHERE project.id = release.project_id AND revocation.lifted IS NULL AND revocation.filename IS NULL
        AND (revocation.version IS NULL OR revocation.version = release.version))
"""
"""What was yanked and then revoked was called yanked."""


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
    op.execute(_REVOKED)


def downgrade() -> None:
    """Put yanks back among the states, and drop the columns."""
    op.execute("UPDATE release SET clearance = 'yanked' WHERE yank_reason IS NOT NULL")
    op.drop_index("ix_advisory_ecosystem_twin", "advisory")
    op.create_index("ix_advisory_ecosystem_name", "advisory", ["ecosystem", "name"])
    op.drop_index("ix_revocation_repository_id_ecosystem_twin", "revocation")
    for table in ("advisory", "revocation"):
        op.drop_column(table, "twin")
