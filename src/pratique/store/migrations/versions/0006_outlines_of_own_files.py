"""Own files tell beside their description what a decision asks of it, and how long it is."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and fill them for what was published before."""
    op.add_column("file", sa.Column("execution_points", sa.Text()))
    op.add_column("file", sa.Column("entry_size", sa.BigInteger()))
    connection = op.get_bind()
    own = sa.text("select id from file where release_id is not null")
    described = sa.text("select content from manifest where file_id = :id")
    told = sa.text("update file set execution_points = :points, entry_size = :size where id = :id")
    for (file_id,) in connection.execute(own).fetchall():
        content = connection.execute(described, {"id": file_id}).scalar_one()  # one at a time: they may be long
        points = json.dumps(json.loads(content)["execution_points"])
        connection.execute(told, {"points": points, "size": len(content.encode()), "id": file_id})


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("file", "entry_size")
    op.drop_column("file", "execution_points")
