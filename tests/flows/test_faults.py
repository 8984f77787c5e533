"""Faults that overlap, on two nodes: a story of the worst of them, and a short run of `bench faults`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import packages
from tests.harness.postgresql import Cluster
from tests.harness.publishing import put_npm
from tests.harness.server import Server
from tests.harness.shared_database import two_nodes
from tests.harness.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.long


@pytest.fixture
def postgresql() -> Iterator[Cluster]:
    running = Cluster()
    yield running
    running.remove()


@pytest.fixture
def nodes(postgresql: Cluster, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    with two_nodes(postgresql, tmp_path) as both:
        yield both


def pid_of(node: Server, label: str) -> int:
    return int(re.findall(rf"{label} started \(pid (\d+)\)", node.terminal())[-1])


def done(node: Server, job_id: str) -> bool:
    return f'"job_id":"{job_id}"' in (node.data / "logs" / "jobs.jsonl").read_text().replace('": "', '":"')


def test_what_was_acknowledged_before_everything_is_killed_is_there_and_what_was_revoked_stays_refused(
    nodes: tuple[Server, Server], postgresql: Cluster
) -> None:
    first, second = nodes
    token = first.token("publisher", operations=("read", "publish", "revoke"))
    for version in ("1.0.0", "1.0.1"):
        tarball = packages.npm_tarball("left", version)
        assert put_npm(first.npm, token, "left", version, tarball).status == 201
    os.kill(pid_of(first, "jobs"), signal.SIGKILL)
    assert put_npm(first.npm, token, "left", "1.0.2", packages.npm_tarball("left", "1.0.2")).status == 201
    second.cli("revoke", "pkg:npm/left@1.0.0", "--reason", "steals tokens").must()
    first.kill()
    postgresql.stop(signal.SIGQUIT)
    wait_for("nobody noticed", lambda: second.get("/main/npm/left", token).status == 503)
    os.kill(pid_of(second, "web 1"), signal.SIGKILL)
    postgresql.start()
    first.start()

    for node in nodes:
        wait_for("what was acknowledged is not listed", lambda node=node: listed(node, token) == {"1.0.1", "1.0.2"})
        for version, status in (("1.0.0", 403), ("1.0.1", 200), ("1.0.2", 200)):
            answer = node.get(f"/main/npm/left/-/left-{version}.tgz", token)
            assert answer.status == status, answer.text
            assert status == 403 or answer.body == packages.npm_tarball("left", version)
    promised = postgresql.do("SELECT id FROM event WHERE kind = 'published'", "pratique_1")
    assert len(promised) == 3
    for (event,) in promised:
        wait_for("a promised job stays undone", lambda event=event: any(done(node, event) for node in nodes))


def listed(node: Server, token: str) -> set[str]:
    answer = node.get("/main/npm/left", token)
    return set(answer.json()["versions"]) if answer.status == 200 else set()


def test_a_short_run_of_the_bench_finds_nothing_lost_and_nothing_wrongly_served() -> None:
    bench = [sys.executable, ROOT / "bench" / "faults.py", "--faults", "15", "--seed", "7", "--json"]
    ended = subprocess.run(bench, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)

    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr[-5_000:]
    figures = json.loads(ended.stdout.splitlines()[-1])["figures"]
    assert (figures["faults"], figures["lost"], figures["wrongly_served"]) == (15, 0, 0)
