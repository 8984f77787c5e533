import pytest
import sqlalchemy as sa

from pratique.core.errors import Unavailable
from pratique.jobs import tables


def test_the_engines_tables_are_made_once_and_found_current_afterwards(empty_url):
    assert tables.stored_version(empty_url) is None

    tables.prepare(empty_url)
    tables.prepare(empty_url)

    assert tables.stored_version(empty_url) == tables.ENGINE_TABLES_VERSION


def test_tables_of_a_newer_engine_are_refused_with_a_sentence(url, engine):
    with engine.begin() as connection:
        schema = "" if engine.dialect.name == "sqlite" else "dbos."
        connection.execute(sa.text(f"update {schema}dbos_migrations set version = 9999"))

    with pytest.raises(Unavailable, match="of a newer Pratique"):
        tables.prepare(url)
