"""What differs from database to database, and who speaks it: `store.sqlite`, `store.postgresql`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from pratique.core.clock import Instant
from pratique.core.errors import Invalid, Unavailable
from pratique.core.limits import DatabaseLimits
from pratique.store.postgresql import Postgresql
from pratique.store.sqlite import Sqlite

CHANGES = "pratique_changes"
"""The channel on which PostgreSQL tells of changes."""

_ANNOUNCED = "pratique_announced"
"""Note on a connection. One that a rolled back transaction leaves makes others look once in vain."""

_WRITE = "write sqlite:////absolute/path/pratique.db or postgresql://user@host/pratique"


class Dialect(Protocol):
    """One kind of database: its connections, transactions and errors."""

    one_writer: bool
    """Only one transaction can write at a time, whatever it writes."""

    def check(self, url: sa.URL) -> None:
        """Refuse a URL that cannot be used. Raises Invalid."""
        ...

    def reading(self, url: sa.URL, limits: DatabaseLimits) -> sa.Engine:
        """Engine whose transactions see one snapshot and cannot write."""
        ...

    def writing(self, url: sa.URL, limits: DatabaseLimits, *, durable: bool) -> sa.Engine:
        """Engine whose transactions are as if they ran one after the other.

        Args:
            url: of the database.
            limits: connections and patience.
            durable: a commit returns after the disk has it (publish, revoke, events); otherwise the
                last commits may be lost with the machine's power, never with the process.
        """
        ...

    def migrating(self, url: sa.URL) -> sa.Engine:
        """Engine for schema changes."""
        ...

    def listening(self, url: sa.URL, limits: DatabaseLimits) -> sa.Engine | None:
        """Engine whose connections can wait for news of other processes; None if there is nothing to listen to."""
        ...

    def take_turn(self, connection: sa.Connection) -> None:
        """Wait, before anything is read, until no other transaction is in a turn."""
        ...

    def begin_migration(self, connection: sa.Connection) -> None:
        """Wait for whoever changes the schema now. Raises Invalid if the database cannot be used at all."""
        ...

    def broken_references(self, connection: sa.Connection) -> int:
        """How many rows refer to something that is not there: to be none after a migration."""
        ...

    def is_conflict(self, error: DBAPIError) -> bool:
        """Whether two transactions got into each other's way, so that this one has to be done again."""
        ...

    def sentence(self, error: DBAPIError) -> Unavailable | Invalid | None:
        """What a failure of the database itself means; None if the statement was at fault."""
        ...


_DIALECTS: dict[str, Dialect] = {"sqlite": Sqlite(), "postgresql": Postgresql()}


def database_url(path: Path) -> str:
    """The URL of an SQLite database in a file; a `%` or `?` in the path is escaped."""
    return sa.URL.create("sqlite", database=str(path)).render_as_string()


def read_url(text: str) -> sa.URL:
    """The parts of a database's URL, with the driver that we use.

    Raises:
        Invalid: it cannot be read, or names no database that is supported; it is not repeated, as it may hold a
            password.
    """
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise Invalid(f"the database URL cannot be read; {_WRITE}") from None
    backend = {"postgres": "postgresql"}.get(url.get_backend_name(), url.get_backend_name())
    if backend not in _DIALECTS:
        raise Invalid(f'"{url.drivername}" is no supported database; {_WRITE}')
    _DIALECTS[backend].check(url)
    return url.set(drivername="postgresql+psycopg" if backend == "postgresql" else "sqlite")


def whole_url(text: str, password: str = "") -> str:
    """A database's URL with driver and password, for whoever connects; never for a log. Raises Invalid as `read_url`.

    Args:
        text: as an operator writes it.
        password: takes the place of its own.
    """
    url = read_url(text)
    return (url.set(password=password) if password else url).render_as_string(hide_password=False)


def dialect_of(url: sa.URL) -> Dialect:
    """Who speaks to the database of a URL that `read_url` took."""
    return _DIALECTS[url.get_backend_name()]


def as_unavailable(error: DBAPIError) -> Unavailable | Invalid | None:
    """The sentence for a failure of a database, whichever it is; None if the statement was at fault."""
    said = (dialect.sentence(error) for dialect in _DIALECTS.values())
    return next((sentence for sentence in said if sentence is not None), None)


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert:
    """INSERT that can take ON CONFLICT, in the connection's dialect."""
    if connection.dialect.name == "postgresql":
        # Loaded by whoever connected; commands on a folder of files need not load it as well.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)  # type: ignore[return-value]  # the same methods, another class
    return sqlite.insert(table)


def server_time(connection: sa.Connection) -> Instant | None:
    """What the clock of the database's machine shows, None if that is this machine."""
    if connection.dialect.name != "postgresql":
        return None
    now = sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()) * 1_000, sa.BigInteger)
    return Instant(connection.execute(sa.select(now)).scalar_one())


def announce(connection: sa.Connection) -> None:
    """Tell all who share the database, once this transaction is committed, that an answer may have changed."""
    connection.info[_ANNOUNCED] = True
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {CHANGES}")


def takes_announcement(connection: sa.Connection) -> bool:
    """Whether something was announced in this transaction; asked once, before it is committed."""
    return bool(connection.info.pop(_ANNOUNCED, False))


def matches_glob(connection: sa.Connection, column: sa.ColumnElement[str], glob: str) -> sa.ColumnElement[bool]:
    """Whether a text matches a glob in which only the star is special, letter by letter.

    LIKE takes `A` for `a` in SQLite and not in PostgreSQL, and what a glob reaches is a right.
    """
    if connection.dialect.name == "postgresql":
        return column.like(re.sub(r"[/%_]", r"/\g<0>", glob).replace("*", "%"), escape="/")
    return column.op("GLOB")(re.sub(r"[?[]", r"[\g<0>]", glob))


def in_byte_order(connection: sa.Connection, column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """A text as it is to be compared and sorted where pages of several sources are laid together.

    PostgreSQL sorts as its database's language does, SQLite and Python by code points.
    """
    return column.collate("C") if connection.dialect.name == "postgresql" else column
