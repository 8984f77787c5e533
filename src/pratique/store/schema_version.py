"""Which revision of the schema a database is at, and with which one this version of the program works.

Apart from `store.migrations`, whose machinery takes a quarter of a second to load and is needed once a version.
"""

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


def newest() -> str:
    """The revision this version of the program works with: the number that the last script's name begins with."""
    return max(script.name.partition("_")[0] for script in _SCRIPTS.glob("[0-9]*.py"))


def recorded(database_url: str) -> str | None:
    """The revision a database is at, None if it has no schema yet.

    Raises:
        Unavailable: the database is busy or cannot be read.
    """
    return in_transaction(database_url, recorded_in)


def recorded_in(connection: sa.Connection) -> str | None:
    """As `recorded`, in a transaction that is under way."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return version


def in_transaction(database_url: str, work: Callable[[sa.Connection], T]) -> T:
    """Do something in one transaction that changes the schema, or looks at it.

    Raises:
        Invalid, Unavailable: what the database said, as a sentence.
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
