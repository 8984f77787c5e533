import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from pratique.core.limits import DatabaseLimits
from pratique.jobs import tables
from pratique.store.dialects import dialect_of, read_url, whole_url
from tests.harness.postgresql import cluster

PROGRAM = "tests.unit.jobs.one_job_process"


LONG_ON_POSTGRESQL = ("test_state", "test_engine")
"""What the engine reads and does alike on both; the flows on PostgreSQL show it with servers, each time."""


def pytest_generate_tests(metafunc):
    if "kind" in metafunc.fixturenames:
        long = metafunc.module.__name__.endswith(LONG_ON_POSTGRESQL)
        metafunc.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long if long else ())])


@cache
def prepared_postgresql():
    name = cluster().new_database()
    tables.prepare(whole_url(cluster().url(name)))
    return name


@pytest.fixture
def empty_url(kind, tmp_path):
    """A database with nothing in it."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/pratique.db"
        return
    name = cluster().new_database()
    yield whole_url(cluster().url(name))
    cluster().drop(name)


@pytest.fixture
def url(kind, tmp_path):
    if kind == "sqlite":
        address = f"sqlite:///{tmp_path}/pratique.db"
        tables.prepare(address)
        yield address
        return
    name = cluster().new_database(prepared_postgresql())
    yield whole_url(cluster().url(name))
    cluster().drop(name)


@pytest.fixture
def engine(url):
    """Connections as the store's writers have them."""
    parsed = read_url(url)
    engine = dialect_of(parsed).writing(parsed, DatabaseLimits(), durable=True)
    yield engine
    engine.dispose()


class JobProcess:
    """A job process that a test may kill."""

    def __init__(self, url: str, folder: Path, executor: str, *living: str) -> None:
        self.folder = folder
        command = [sys.executable, "-m", PROGRAM, url, str(folder), executor, *living]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.line() == "ready"

    def line(self) -> str:
        return self.process.stdout.readline().strip()

    def ask(self, question: str) -> object:
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        answer = self.line()
        while answer.startswith("took "):
            answer = self.line()
        return json.loads(answer)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stdin.close()


@pytest.fixture
def job_process(url, tmp_path):
    started = []

    def start(executor: str, *living: str) -> JobProcess:
        started.append(JobProcess(url, tmp_path, executor, *living))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def log_of(tmp_path):
    """Waits until a job's log has so many lines, and gives them."""
    import time

    def wait(job_id: str, lines: int) -> list[str]:
        path = tmp_path / f"{job_id}.log"
        until = time.monotonic() + 30
        while time.monotonic() < until:
            found = path.read_text().splitlines() if path.exists() else []
            if len(found) >= lines:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{job_id} never got {lines} lines: {found}")

    return wait
