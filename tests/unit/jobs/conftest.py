import json
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from pratique.jobs import tables

PROGRAM = "tests.unit.jobs.one_job_process"


@pytest.fixture
def url(tmp_path):
    address = f"sqlite:///{tmp_path}/pratique.db"
    tables.prepare(address)
    return address


@pytest.fixture
def engine(url):
    """Connections as the store opens them: no driver-made transactions, BEGIN IMMEDIATE, WAL."""
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def plain_connection(connection, _record):
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA busy_timeout=5000")

    @sa.event.listens_for(engine, "begin")
    def write_lock_at_once(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

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
