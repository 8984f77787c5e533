"""Two servers on one PostgreSQL: what one takes in the other serves, through restarts and with one list of jobs."""

from __future__ import annotations

import json
import re
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.harness import packages
from tests.harness.postgresql import Cluster
from tests.harness.publishing import put_npm
from tests.harness.server import Answer, Server
from tests.harness.shared_database import give_secrets, two_nodes
from tests.harness.waiting import wait_for


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Cluster]:
    """One of its own, as it is stopped now and then."""
    running = Cluster()
    yield running
    running.remove()


@pytest.fixture(scope="module")
def nodes(postgresql: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Two, with a data folder each and one folder for files."""
    with two_nodes(postgresql, tmp_path_factory.mktemp("nodes")) as both:
        yield both
        assert [node.stop() for node in both] == [0, 0]


@pytest.fixture(scope="module")
def publisher(nodes: tuple[Server, Server]) -> str:
    return nodes[0].token("publisher", operations=("read", "publish"))


def publish(node: Server, token: str, name: str, version: str) -> Answer:
    return put_npm(node.npm, token, name, version, packages.npm_tarball(name, version, manifest={}))


def file_of(name: str, version: str) -> str:
    return f"/main/npm/{name}/-/{name}-{version}.tgz"


def test_what_one_node_takes_in_the_other_serves_and_refuses_within_a_second_of_a_revocation(
    nodes: tuple[Server, Server], publisher: str
) -> None:
    first, second = nodes
    assert publish(first, publisher, "shared", "1.0.0").status == 201
    assert second.get(file_of("shared", "1.0.0"), publisher).status == 200

    second.cli("revoke", "pkg:npm/shared@1.0.0", "--reason", "steals tokens").must()
    time.sleep(1)  # as long as other nodes may take, by promise: polling would forgive them more

    for node in nodes:
        refused = node.get(file_of("shared", "1.0.0"), publisher)
        assert (refused.status, "shared@1.0.0 was revoked" in refused.reason) == (403, True)
    assert "nobody" not in first.cli("exposure", "pkg:npm/shared@1.0.0").must().shown


def test_neither_password_nor_url_of_the_database_is_in_any_log(nodes: tuple[Server, Server]) -> None:
    for node in nodes:
        written = node.terminal() + "".join(path.read_text() for path in (node.data / "logs").iterdir())
        assert "postgresql" not in written


def test_a_node_with_other_settings_is_turned_away_while_others_run(
    nodes: tuple[Server, Server], publisher: str, tmp_path: Path
) -> None:
    settings = (nodes[0].data / "pratique.toml").read_text().split("\n", 2)[2]  # after port and clock
    other = 'npm = ["http://127.0.0.1:9"]\n[advisories]'
    odd = Server(tmp_path / "odd", settings=settings.replace("[advisories]", other))
    give_secrets(nodes[0].data, odd.data)

    with pytest.raises(AssertionError) as shown:
        odd.start()

    assert re.search("another node .* runs on this database with other `repositories`", str(shown.value))
    assert "give both the same, or stop all others before this one starts" in str(shown.value)
    assert publish(nodes[1], publisher, "undisturbed", "1.0.0").status == 201


def lists(node: Server, name: str, token: str, versions: list[str]) -> bool:
    """Whether a node offers all of them."""
    return set(versions) <= set(node.get(f"/main/npm/{name}", token).json()["versions"])


class Load:
    """Publishes one version after the other through both nodes, and fetches them, until it is told to stop."""

    def __init__(self, nodes: tuple[Server, Server], token: str, name: str) -> None:
        self.acknowledged: list[str] = []
        self.answers: list[Answer] = []
        self._nodes, self._token, self._name = nodes, token, name
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            version = f"1.0.{number}"
            answer = publish(self._nodes[number % 2], self._token, self._name, version)
            self.answers += [answer, self._nodes[number % 2].get(f"/main/npm/{self._name}", self._token)]
            if answer.status == 201:
                self.acknowledged.append(version)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def jobs_done(nodes: tuple[Server, Server]) -> set[str]:
    """Ids of the promised judgements that either node has done; every publish promises one."""
    lines = [line for node in nodes for line in (node.data / "logs" / "jobs.jsonl").read_text("utf-8").splitlines()]
    done = [one for one in map(json.loads, lines) if (one.get("job"), one["event"]) == ("recheck_release", "job done")]
    return {one["job_id"] for one in done}


@pytest.mark.parametrize(
    "how",
    [pytest.param(signal.SIGINT, marks=pytest.mark.long, id="stopped"), pytest.param(signal.SIGQUIT, id="crashed")],
)
def test_a_restart_of_postgresql_under_load_loses_nothing_and_is_said(
    nodes: tuple[Server, Server], publisher: str, postgresql: Cluster, how: signal.Signals
) -> None:
    name, already = f"steady-{how.name.lower()}", jobs_done(nodes)
    load = Load(nodes, publisher, name)
    try:
        wait_for("nothing was published", lambda: len(load.acknowledged) >= 3)
        postgresql.stop(how)
        wait_for("nobody noticed", lambda: sum(one.status == 503 for one in load.answers) >= 4)
        postgresql.start()
        before = len(load.acknowledged)
        wait_for("nothing was published again", lambda: len(load.acknowledged) >= before + 4)
    finally:
        load.stop()

    strange = [(one.status, one.text) for one in load.answers if one.status not in (200, 201, 404, 409, 503)]
    assert strange == []
    for one in load.answers:
        if one.status == 503:
            assert one.headers["Retry-After"]
            assert re.search("try again|may or may not", one.text), one.text
    for node in nodes:
        # What was published through the other node a moment ago is listed a fifth of a second later at most.
        wait_for("what was acknowledged is not listed", partial(lists, node, name, publisher, load.acknowledged))
        assert node.get(file_of(name, load.acknowledged[0]), publisher).status == 200
        assert node.get("/readyz").json() == {"status": "ready", "jobs": "alive"}
    wait_for("promised jobs stay undone", lambda: len(jobs_done(nodes) - already) >= len(load.acknowledged))
