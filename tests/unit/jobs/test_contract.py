"""What we rely on in the engine below and it does not promise: a new version of it must pass here."""

import inspect
import tomllib
from pathlib import Path

import dbos
from dbos._migration import get_dbos_migrations, sqlite_migrations

from pratique.jobs.tables import ENGINE_TABLES_VERSION

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


def test_the_engine_is_pinned_to_the_version_whose_private_parts_were_looked_at():
    dependencies = tomllib.loads(PROJECT.read_text())["project"]["dependencies"]

    assert "dbos==3.4.0" in dependencies


def test_the_version_of_its_tables_is_the_one_that_we_take_for_current():
    assert len(sqlite_migrations) == ENGINE_TABLES_VERSION
    assert len(get_dbos_migrations("dbos", use_listen_notify=False)) == ENGINE_TABLES_VERSION


def test_dead_executors_are_recovered_by_one_private_call_that_takes_their_ids():
    # What it does is shown by test_engine: killed in mid-step, taken over, a living owner left alone.
    assert list(inspect.signature(dbos.DBOS._recover_pending_workflows).parameters) == ["executor_ids"]
