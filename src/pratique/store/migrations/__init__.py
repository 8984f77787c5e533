"""The schema's history: one script a step, run in one transaction with the write lock held."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from pratique.core.errors import Conflict
from pratique.store.dialects import Dialect, dialect_of, read_url
from pratique.store.schema import metadata
from pratique.store.schema_revision import VERSION_TABLE, in_transaction, revision_of

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


def _migrate(database_url: str, step: Callable[[Config], None]) -> None:
    dialect = dialect_of(read_url(database_url))
    in_transaction(database_url, lambda connection: _migrate_connection(connection, dialect, step))


def _migrate_connection(connection: sa.Connection, dialect: Dialect, step: Callable[[Config], None]) -> None:
    dialect.begin_migration(connection)
    config = _config()
    config.attributes["connection"] = connection
    revision = revision_of(connection)
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


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
