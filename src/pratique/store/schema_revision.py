"""Which state its schema is in, without the machinery that changes it: each command asks, few change anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from pratique.core.errors import PratiqueError, Unavailable
from pratique.store.dialects import dialect_of, read_url

T = TypeVar("T")

VERSION_TABLE = "pratique_schema"
"""Where a database records its revision; the job engine keeps its own record elsewhere."""

_SCRIPTS = Path(__file__).parent / "migrations" / "versions"
_recorded = sa.select(sa.column("version_num", sa.String)).select_from(sa.table(VERSION_TABLE))


def current(database_url: str) -> str | None:
    """The revision a database is at, None if it has no schema yet.

    Raises:
        Unavailable: the database is busy or cannot be read.
    """
    return in_transaction(database_url, revision_of)


def head() -> str:
    """The revision this version of the program works with: that of the last script, as their names begin with it."""
    return max(path.name.partition("_")[0] for path in _SCRIPTS.glob("[0-9]*_*.py"))


def revision_of(connection: sa.Connection) -> str | None:
    """The revision that the database of a connection is at, None if it has no schema yet."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(_recorded).scalar_one_or_none()


def in_transaction(database_url: str, work: Callable[[sa.Connection], T]) -> T:
    """What is done on a connection that may change the schema, all of it or nothing.

    Raises:
        Unavailable: the database is busy, full or cannot be read or written.
    """
    url = read_url(database_url)
    engine = dialect_of(url).migrating(url)
    try:
        with engine.begin() as connection:
            return work(connection)
    except DBAPIError as error:
        sentence = dialect_of(url).sentence(error)
        if sentence is None:
            raise
        raise _for_the_operator(sentence, error) from error
    finally:
        engine.dispose()


def _for_the_operator(sentence: PratiqueError, error: DBAPIError) -> PratiqueError:
    """Who starts a server is told which address did not answer; who asks it something later is not."""
    said = str(error.orig).splitlines()[0] if error.statement is None else ""
    return Unavailable(f"{sentence} ({said})") if said and isinstance(sentence, Unavailable) else sentence
