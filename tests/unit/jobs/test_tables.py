import pytest
import sqlalchemy as sa

from pratique.core.errors import Unavailable
from pratique.jobs import tables


def test_the_engines_tables_are_made_once_and_found_current_afterwards(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"
    assert tables.stored_version(url) is None

    tables.prepare(url)
    tables.prepare(url)

    assert tables.stored_version(url) == tables.ENGINE_TABLES_VERSION


def test_tables_of_a_newer_engine_are_refused_with_a_sentence(url, engine):
    with engine.begin() as connection:
        connection.execute(sa.text("update dbos_migrations set version = 9999"))

    with pytest.raises(Unavailable, match="of a newer Pratique"):
        tables.prepare(url)
