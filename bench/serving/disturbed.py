"""Latency while things change, and how soon a change is seen."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from bench.serving import ours
from bench.serving.load import Asks, Load
from bench.serving.operator import Operator
from tests.harness.server import Server

CONNECTIONS = 64
PROBES = 12
LONGEST_WAIT = 200
"""Milliseconds between two questions of a connection; only a server that hardly answers would be given more."""


class Disturbance:
    """One revocation a second, and one listing of 20 MB after the other that nobody asked for before."""

    def __init__(self, server: Server, token: str, operator: Operator, purls: list[str]) -> None:
        self._server, self._token, self._operator, self._purls = server, token, operator, purls
        self._over = threading.Event()
        self._cold = 0
        self.renders: list[float] = []
        self.revocations = 0

    def __enter__(self) -> None:
        self._over.clear()
        self._threads = [threading.Thread(target=work) for work in (self._revoke, self._render)]
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_ended: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _revoke(self) -> None:
        while not self._over.wait(1):
            self._operator.revoke(self._purls.pop())
            self.revocations += 1

    def _render(self) -> None:
        while not self._over.wait(0.5):
            self._cold += 1
            began = time.monotonic()
            ours.warm(self._server.port, [f"/main/npm/cold-{self._cold}"], [self._token], ours.FULL_HEADERS)
            self.renders.append(time.monotonic() - began)


def p99_ratio(
    load: Load, server: Server, asks: Asks, disturbance: Disturbance, rate: float, rounds: int, seconds: float
) -> tuple[float, str]:
    """The p99 at half of a rate while things change, for each millisecond without; and a sentence for people."""
    wait_ms = min(LONGEST_WAIT, max(1, round(CONNECTIONS / (rate / 2) * 1_000 - 1)))
    pids = ours.web_pids(server)
    calm, busy = [], []
    for _ in range(rounds):
        calm.append(load.run(asks, server.port, pids, seconds, CONNECTIONS, wait_ms))
        with disturbance:
            busy.append(load.run(asks, server.port, pids, seconds, CONNECTIONS, wait_ms))
    said = (
        f"p99 at {median(one.rate for one in calm):,.0f} answers a second: {median(one.p99 for one in calm):.1f} ms "
        f"calm, {median(one.p99 for one in busy):.1f} ms with {disturbance.revocations} revocations and "
        f"{len(disturbance.renders)} cold renders of 20 MB that took {median(disturbance.renders or [0]):.1f} s each"
    )
    return median(other.p99 / one.p99 for one, other in zip(calm, busy, strict=True)), said


def revoke_to_refused(
    server: Server, token: str, operator: Operator, name: str, versions: Sequence[str]
) -> list[float]:
    """Milliseconds from the begin of each revocation until no connection is given the release any more.

    Connections are kept, and lie with all web processes.
    """
    probes = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=30) for _ in range(PROBES)]
    headers = {"Authorization": f"Bearer {token}"}

    def status(probe: http.client.HTTPConnection, version: str) -> int:
        probe.request("GET", f"/main/npm/{name}/-/{name}-{version}.tgz", headers=headers)
        answer = probe.getresponse()
        answer.read()
        return answer.status

    took = []
    for version in versions:
        for probe in probes:
            assert status(probe, version) == 200, (version, "is not served before it is revoked")
        began = time.monotonic()
        operator.revoke(f"pkg:npm/{name}@{version}")
        waiting = list(probes)
        while waiting:
            waiting = [probe for probe in waiting if status(probe, version) != 403]
        took.append((time.monotonic() - began) * 1_000)
    for probe in probes:
        probe.close()
    return took


def answering_processes(server: Server, part: str) -> int:
    """How many processes have answered a request whose path holds this."""
    lines = (server.data / "logs" / "web.jsonl").read_text("utf-8").splitlines()
    return len({json.loads(line)["pid"] for line in lines if part in line})


def ready_seconds(make: Callable[[Path], Server], folder: Path, core: int, times: int) -> float:
    """Median seconds from the start of the program to its first answer that it is ready, on a data folder in use."""
    server = make(folder)
    ours.start(server, core)
    server.stop()
    took = []
    for _ in range(times):
        took.append(ours.start(server, core))
        server.stop()
    return median(took)
