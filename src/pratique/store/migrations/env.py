"""How Alembic runs the scripts: on the connection it is handed, touching no table but ours."""

from __future__ import annotations

from alembic import context

from pratique.store.schema import metadata
from pratique.store.schema_revision import VERSION_TABLE


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters little in place; a batch copies the table
    include_name=_is_ours,
)
with context.begin_transaction():
    context.run_migrations()
