"""SQLite: one file, in WAL mode, whose write lock is held from a transaction's first moment."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from pratique.core.errors import DiskFull, Invalid, Unavailable
from pratique.core.limits import DatabaseLimits

_SENTENCES = {
    sqlite3.SQLITE_BUSY: "the database was busy for too long; try again",
    sqlite3.SQLITE_LOCKED: "the database was busy for too long; try again",
    sqlite3.SQLITE_FULL: "the disk of the data folder is full; nothing was changed; make room and try again",
    sqlite3.SQLITE_IOERR: "the database file could not be read or written; check whether the disk is full or broken",
    sqlite3.SQLITE_READONLY: "the database file is read-only; check owner and permissions of the data folder",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened; check path and permissions of the data folder",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged; stop the server and restore the data folder from a backup",
    sqlite3.SQLITE_NOTADB: "the database file is no SQLite database; check the path of the data folder",
}

_NO_ROOM = {
    sqlite3.SQLITE_FULL: _SENTENCES[sqlite3.SQLITE_FULL],
    sqlite3.SQLITE_IOERR_SHMOPEN: _SENTENCES[sqlite3.SQLITE_FULL],  # of a file that may not be opened it says CANTOPEN
    sqlite3.SQLITE_IOERR_SHMSIZE: _SENTENCES[sqlite3.SQLITE_FULL],
    sqlite3.SQLITE_IOERR_WRITE: "the database file could not be written; check whether the disk is full or broken",
}
"""What SQLite says where a disk, or a user's share of it, is full. Of a quota it knows only that it cannot write."""


class Sqlite:
    """How a `store.dialects.Dialect` is spoken to SQLite."""

    one_writer = True
    """There is one write lock, and who waits for it sleeps: within a process writers queue for it instead."""

    def check(self, url: sa.URL) -> None:
        """Refuse what is no file. Raises Invalid."""
        if url.database in (None, "", ":memory:"):
            raise Invalid("an SQLite database in memory cannot be shared; write sqlite:////absolute/path/pratique.db")

    def reading(self, url: sa.URL, limits: DatabaseLimits) -> sa.Engine:
        """Engine whose transactions see one snapshot and cannot write."""
        # One connection more for `read_now`, which uses the caller's thread.
        return _engine(url, limits.readers + 2, limits.patience, begin="BEGIN", pragmas=("query_only = ON",))

    def writing(self, url: sa.URL, limits: DatabaseLimits, *, durable: bool) -> sa.Engine:
        """Engine with one connection whose transactions hold the write lock from their first moment.

        Reading first and locking at the first write loses or refuses updates when two do it at once.
        """
        pragma = f"synchronous = {'FULL' if durable else 'NORMAL'}"
        return _engine(url, 1, limits.patience, begin="BEGIN IMMEDIATE", pragmas=(pragma,))

    def migrating(self, url: sa.URL) -> sa.Engine:
        """Engine as a durable writer's, but tables can be replaced while others refer to them."""
        pragmas = ("synchronous = FULL", "foreign_keys = OFF")
        return _engine(url, 1, DatabaseLimits().patience, begin="BEGIN IMMEDIATE", pragmas=pragmas)

    def listening(self, url: sa.URL, limits: DatabaseLimits) -> None:
        """There is nothing to listen to; the mark beside the file tells."""

    def take_turn(self, connection: sa.Connection) -> None:
        """Nothing is left to do: the transaction began with the write lock."""

    def begin_migration(self, connection: sa.Connection) -> None:
        """Likewise."""

    def broken_references(self, connection: sa.Connection) -> int:
        """How many rows refer to something that is not there: they are not looked at while tables are replaced."""
        return len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())

    def is_conflict(self, error: DBAPIError) -> bool:
        """Writers take turns, so that none can get into another's way."""
        del error
        return False

    def sentence(self, error: DBAPIError) -> Unavailable | Invalid | None:
        """What a failure of the database itself means; None if the statement was at fault."""
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code is None:
            return None
        if code & 0xFF == sqlite3.SQLITE_READONLY and error.statement != "BEGIN IMMEDIATE":
            return None  # a reader tried to write
        if code in _NO_ROOM:
            return DiskFull(_NO_ROOM[code])
        sentence = _SENTENCES.get(code & 0xFF)
        return None if sentence is None else Unavailable(sentence)


def _engine(url: sa.URL, connections: int, patience_ms: int, *, begin: str, pragmas: tuple[str, ...]) -> sa.Engine:
    engine = sa.create_engine(
        url,
        poolclass=sa.QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # what a failed statement carried may be a secret, and its error ends in a log
        connect_args={"check_same_thread": False, "timeout": patience_ms / 1_000, "cached_statements": 256},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver starts no transactions of its own
        _switch_to_wal(connection)
        for pragma in (f"busy_timeout = {patience_ms}", "foreign_keys = ON", "temp_store = MEMORY", *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Writers and readers side by side. The mode stays in the file: only its first opener changes it."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
