"""The engine's own tables in our database: created and brought up to date before anyone promises a job."""

from __future__ import annotations

import sqlalchemy as sa

from pratique.core.errors import Unavailable
from pratique.jobs.engine_log import only_failures, quieten

ENGINE_TABLES_VERSION = 125
"""What the pinned engine writes into its table of migrations; a contract test compares the two."""


def prepare(url: str) -> None:
    """Create or upgrade the engine's tables; costs one query when they are current.

    Raises:
        Unavailable: a newer engine has changed the tables already.
    """
    found = stored_version(url)
    if found == ENGINE_TABLES_VERSION:
        return
    if found is not None and found > ENGINE_TABLES_VERSION:
        raise Unavailable(
            f"the job tables of this data folder are of a newer Pratique (version {found}, this one knows "
            f"{ENGINE_TABLES_VERSION}); start the newer one, or restore the backup made before the upgrade"
        )
    # Importing the engine takes a second or two, so only who needs it pays.
    from dbos import DBOS

    quieten()
    with only_failures():
        DBOS.migrate(url)


def stored_version(url: str) -> int | None:
    """Version of the engine's tables in this database, None where there are none."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)
    schema = None if engine.dialect.name == "sqlite" else "dbos"
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("dbos_migrations", schema=schema):
                return None
            table = sa.table("dbos_migrations", sa.column("version", sa.Integer), schema=schema)
            version: int | None = connection.execute(sa.select(sa.func.max(table.c.version))).scalar()
            return version
    finally:
        engine.dispose()
