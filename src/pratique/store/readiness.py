"""Whether the database can be read and written, tried and not assumed."""

from __future__ import annotations

import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.store.processes import Process, register, remove
from pratique.store.schema import metadata

_PROBE = Process("readiness probe", "probe", "", 0, Instant(0), Instant(0))


def try_reading(c: sa.Connection) -> None:
    """Ask every table for one row with all its columns. Raises what the database raises."""
    for table in metadata.sorted_tables:
        c.execute(sa.select(table).limit(1)).first()


def try_writing(c: sa.Connection) -> None:
    """Write something that is gone again at the end of the transaction: all that a change takes has to work.

    Not what is there already: a database that finds nothing changed writes nothing, and calls a full disk fine.
    """
    register(c, _PROBE)
    remove(c, _PROBE.id)
