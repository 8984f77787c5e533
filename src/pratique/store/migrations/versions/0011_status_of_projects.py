"""Projects have a status: archived, deprecated, quarantined. Nobody has said anything of those there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COLUMNS = (("status", sa.String(32)), ("status_reason", sa.Text()), ("status_by_admin", sa.Boolean()))


def upgrade() -> None:
    """Add the columns, empty."""
    for name, kind in _COLUMNS:
        op.add_column("project", sa.Column(name, kind))


def downgrade() -> None:
    """Drop them."""
    for name, _ in reversed(_COLUMNS):
        op.drop_column("project", name)
