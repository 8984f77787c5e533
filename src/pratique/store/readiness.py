"""Whether the database can be read and written, tried and not assumed."""

from __future__ import annotations

import sqlalchemy as sa

from pratique.store.schema import metadata, process


def try_reading(c: sa.Connection) -> None:
    """Ask every table for one row with all its columns. Raises what the database raises."""
    for table in metadata.sorted_tables:
        c.execute(sa.select(table).limit(1)).first()


def try_writing(c: sa.Connection) -> None:
    """Write what is there already: the database has to do all that a change takes."""
    c.execute(process.update().values(heartbeat=process.c.heartbeat))
