"""Several threads of several processes at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from pratique.store.dialects import database_url
from pratique.store.schema import revision
from pratique.store.schema_revision import current, head
from tests.harness.postgresql import cluster
from tests.stores.implementations import DATABASES
from tests.stores.increments import COUNTER

ROOT = Path(__file__).parents[2]


def start(*command):
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, stderr=subprocess.PIPE, text=True)


def finish(processes):
    return [complaint for process in processes if (complaint := process.communicate(timeout=120)[1])]


def test_600_reads_and_writes_by_threads_of_three_processes_on_both_pools_lose_nothing(database, url):
    new = {"repository_id": 4711, "ecosystem": "", "name": "", "value": 0}
    database.write_now(lambda c: c.execute(revision.insert().values(new)).rowcount)

    failures = finish([start("-m", "tests.stores.increments", url, "100", "100") for _ in range(3)])

    assert failures == []
    assert database.read_now(lambda c: c.execute(sa.select(revision.c.value).where(COUNTER)).scalar_one()) == 600


@pytest.mark.parametrize("kind", DATABASES)
def test_processes_that_create_the_schema_at_once_take_turns(kind, tmp_path):
    url = cluster().url(cluster().new_database()) if kind == "postgresql" else database_url(tmp_path / "new.db")
    program = "import sys; from pratique.store.migrations import upgrade; upgrade(sys.argv[1])"
    if kind == "postgresql":  # of SQLite, one server has the folder
        program += "\nfrom pratique.jobs import tables; tables.prepare(sys.argv[1])"

    failures = finish([start("-c", program, url) for _ in range(4)])

    assert failures == []
    assert current(url) == head()
