"""Projects know what their name shares with its twins; in the ecosystems there were, that is the name itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INDEX = "ix_project_repository_id_ecosystem_twin"


def upgrade() -> None:
    """Add the column, filled, and its index."""
    op.add_column("project", sa.Column("twin", sa.Text()))
    op.execute("UPDATE project SET twin = name")
    op.create_index(_INDEX, "project", ["repository_id", "ecosystem", "twin"])


def downgrade() -> None:
    """Drop both."""
    op.drop_index(_INDEX, "project")
    op.drop_column("project", "twin")
