"""The schema's history: one script a step, run in one transaction with the write lock held."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from pratique.core.errors import Conflict, PratiqueError, Unavailable
from pratique.store.dialects import Dialect, dialect_of, read_url
from pratique.store.schema import metadata

T = TypeVar("T")

VERSION_TABLE = "pratique_schema"
"""Where a database records its revision; the job engine keeps its own record elsewhere."""

_OF_THE_ENGINE = frozenset({"dbos_migrations", "workflow_status"})
"""By these the job engine's own tables are known, which stand beside ours in an SQLite file."""


def upgrade(database_url: str) -> None:
    """Create the schema or bring it to this version's state. Processes that start together take turns.

    Raises:
        Conflict: the database was written by a newer version, or its tables are of another program.
        Invalid: the database server is too old, or keeps texts in another encoding than UTF-8.
        Unavailable: the database is busy, full or cannot be written; nothing was changed.
    """
    _migrate(database_url, lambda config: command.upgrade(config, "head"))


def downgrade(database_url: str, revision: str) -> None:
    """Take the schema back to a revision, `base` for none at all. What only newer tables hold is lost.

    Raises:
        Conflict: the database was written by a newer version.
        Unavailable: the database is busy, full or cannot be written; nothing was changed.
    """
    _migrate(database_url, lambda config: command.downgrade(config, revision))


def current(database_url: str) -> str | None:
    """The revision a database is at, None if it has no schema yet.

    Raises:
        Unavailable: the database is busy or cannot be read.
    """
    return _in_transaction(database_url, _revision)


def head() -> str:
    """The revision this version of the program works with."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _migrate(database_url: str, step: Callable[[Config], None]) -> None:
    dialect = dialect_of(read_url(database_url))
    _in_transaction(database_url, lambda connection: _migrate_connection(connection, dialect, step))


def _migrate_connection(connection: sa.Connection, dialect: Dialect, step: Callable[[Config], None]) -> None:
    dialect.begin_migration(connection)
    config = _config()
    config.attributes["connection"] = connection
    revision = _revision(connection)
    _refuse_newer(ScriptDirectory.from_config(config), revision)
    if revision is None:
        _refuse_foreign(connection)
    step(config)
    if dialect.broken_references(connection):
        raise Conflict("the migration would leave rows that refer to nothing; nothing was changed; please report this")


def _refuse_newer(scripts: ScriptDirectory, revision: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise Conflict(
            f"the database was written by a newer version (schema {revision}, this one knows "
            f"{scripts.get_current_head()}); install that version again, or use another data folder"
        )


def _refuse_foreign(connection: sa.Connection) -> None:
    """Tables without our record of versions were made by somebody else, for something else."""
    found = set(sa.inspect(connection).get_table_names()) - {VERSION_TABLE}
    if found & _OF_THE_ENGINE:  # a schema that was taken back leaves the tables of the job engine
        found &= set(metadata.tables)
    foreign = sorted(found & set(metadata.tables)) or sorted(found)
    if foreign:
        raise Conflict(
            f"the database holds tables of another program (for example {foreign[0]}); nothing was changed; "
            "give Pratique a database of its own"
        )


def _in_transaction(database_url: str, work: Callable[[sa.Connection], T]) -> T:
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


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
