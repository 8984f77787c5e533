"""Teach an old SQLite the one function of newer ones that the job engine relies on.

From Python 3.12 on the engine takes SQLite 3.42 for granted, whose `unixepoch('subsec')` has milliseconds. But Python
uses the SQLite of the system, and older ones answer NULL: then no job could be promised.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Engine, event

KNOWS_SUBSEC = (3, 42, 0)


def teach(connection: Any, _record: object = None) -> None:
    """Give a connection of SQLite the function; other databases are left alone."""
    raw = getattr(connection, "driver_connection", None) or connection
    if isinstance(raw, sqlite3.Connection):
        raw.create_function("unixepoch", -1, _unixepoch)


def _unixepoch(*modifiers: Any) -> float:
    """Seconds since 1970 now, with fractions for `subsec`; the engine asks for nothing else."""
    now = time.time()
    return now if "subsec" in modifiers else float(int(now))


def teach_every_connection() -> None:
    """From now on, teach each connection that is opened in this process, where the system's SQLite needs it."""
    if sqlite3.sqlite_version_info < KNOWS_SUBSEC and not event.contains(Engine, "connect", teach):
        event.listen(Engine, "connect", teach)
