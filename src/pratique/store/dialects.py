"""Everything that differs from database to database: connections, transactions, errors, upserts."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from pratique.core.errors import DiskFull, Invalid, Unavailable

BUSY_TIMEOUT_MS = 5_000
"""How long one process waits for another's write before it answers 503."""

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
    sqlite3.SQLITE_IOERR_SHMSIZE: _SENTENCES[sqlite3.SQLITE_FULL],
    sqlite3.SQLITE_IOERR_WRITE: "the database file could not be written; check whether the disk is full or broken",
}
"""What SQLite says where a disk, or a user's share of it, is full. Of a quota it knows only that it cannot write."""


def database_url(path: Path) -> str:
    """The URL of an SQLite database in a file; a `%` or `?` in the path is escaped."""
    return sa.URL.create("sqlite", database=str(path)).render_as_string()


def reading_engine(url: str, connections: int, patience_ms: int = BUSY_TIMEOUT_MS) -> sa.Engine:
    """Engine whose transactions see one snapshot and cannot write.

    Raises:
        Invalid: the URL names no database that is supported.
    """
    return _sqlite_engine(url, connections, patience_ms, begin="BEGIN", pragmas=("query_only = ON",))


def writing_engine(url: str, patience_ms: int = BUSY_TIMEOUT_MS, *, durable: bool) -> sa.Engine:
    """Engine with one connection whose transactions hold the write lock from their first moment.

    Reading first and locking at the first write loses or refuses updates when two do it at once.

    Args:
        url: of the database.
        patience_ms: how long to wait for another's write.
        durable: a commit returns after the disk has it (publish, revoke, events); otherwise the
            last commits may be lost with the machine's power, never with the process.

    Raises:
        Invalid: the URL names no database that is supported.
    """
    synchronous = "FULL" if durable else "NORMAL"
    return _sqlite_engine(url, 1, patience_ms, begin="BEGIN IMMEDIATE", pragmas=(f"synchronous = {synchronous}",))


def migrating_engine(url: str) -> sa.Engine:
    """Engine for schema changes: as a durable writer, but tables can be replaced while others refer to them.

    Raises:
        Invalid: the URL names no database that is supported.
    """
    pragmas = ("synchronous = FULL", "foreign_keys = OFF")
    return _sqlite_engine(url, 1, BUSY_TIMEOUT_MS, begin="BEGIN IMMEDIATE", pragmas=pragmas)


def broken_references(connection: sa.Connection) -> int:
    """How many rows refer to something that is not there: to be none after a migration."""
    return len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert:
    """INSERT that can take ON CONFLICT, in the connection's dialect."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]  # the same methods, another class
    return sqlite.insert(table)


def as_unavailable(error: DBAPIError) -> Unavailable | None:
    """The sentence for a failure of the database itself, None if the statement was at fault."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None:
        return None
    if code & 0xFF == sqlite3.SQLITE_READONLY and error.statement != "BEGIN IMMEDIATE":
        return None  # a reader tried to write
    if code in _NO_ROOM:
        return DiskFull(_NO_ROOM[code])
    sentence = _SENTENCES.get(code & 0xFF)
    return None if sentence is None else Unavailable(sentence)


def _sqlite_engine(url: str, connections: int, patience_ms: int, *, begin: str, pragmas: tuple[str, ...]) -> sa.Engine:
    _check_is_sqlite_file(url)
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


def _check_is_sqlite_file(url: str) -> None:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise Invalid("the database URL cannot be read; write sqlite:////absolute/path/pratique.db") from None
    if parsed.get_backend_name() != "sqlite":
        raise Invalid(f'"{parsed.drivername}" is no supported database; write sqlite:////absolute/path/pratique.db')
    if parsed.database in (None, "", ":memory:"):
        raise Invalid("an SQLite database in memory cannot be shared; write sqlite:////absolute/path/pratique.db")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Writers and readers side by side. The mode stays in the file: only its first opener changes it."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
