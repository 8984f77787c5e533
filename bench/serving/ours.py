"""Our server, with everything warm that the bench is going to ask for."""

from __future__ import annotations

import http.client
import os
import random
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from bench.serving.operator import KINDS
from tests.harness.server import Server

from pratique.core.actors import ActorKind

NPM_HEADERS = {
    "connection": "keep-alive",
    "user-agent": "npm/11.19.1 node/v22.11.0 linux x64 workspaces/false ci/github-actions",
    "npm-session": "5b2a6f0c9d1e4f7a",
    "npm-command": "install",
    "accept": "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*",
}
"""What npm sends with each request for a listing; no Accept-Encoding, so that the size is what it is said to be."""

FULL_HEADERS = {**NPM_HEADERS, "accept": "application/json"}
"""The same for a listing in the full form."""

PIP_HEADERS = {
    "User-Agent": 'pip/26.0 {"cpu":"x86_64","implementation":{"name":"CPython","version":"3.11.7"}}',
    "Accept": "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
    "Connection": "keep-alive",
}


@dataclass(frozen=True)
class Listing:
    """What our server answered when it was asked first."""

    body: bytes
    etag: str


def make_server(folder: Path, upstream: str, workers: int = 1) -> Server:
    """A server of ours that is not started yet, in front of the bench's upstream.

    Documents are believed for the time of a bench, so that all figures are of answers that need no upstream.
    """
    folder.mkdir(parents=True)
    server = Server(folder, workers=workers, test_clock=False)
    settings = (
        f"port = {server.port}\n"
        f'[repositories.main.upstreams]\nnpm = ["{upstream}/npm"]\npypi = ["{upstream}/pypi/simple"]\n'
        '[upstream]\nfresh_for = "6 h"\nstale_for = "12 h"\n'
    )
    written = server.data / "pratique.toml"
    written.write_text(settings)
    written.chmod(0o600)
    server.environment["PRATIQUE_ADVISORIES__SCHEDULED"] = "false"
    return server


def start(server: Server, core: int) -> float:
    """Start it on one core; seconds until it answers that it is ready."""
    began = time.monotonic()
    with processes.on_core(core):
        server.start()
    return time.monotonic() - began


def web_pids(server: Server) -> list[int]:
    """Its web processes. Raises NoWebProcess."""
    assert server.process is not None
    return processes.web_pids(server.process.pid)


def all_pids(server: Server) -> list[int]:
    """All its processes."""
    assert server.process is not None
    return processes.family(server.process.pid)


def one_of_each(tokens: Sequence[tuple[ActorKind, str]]) -> list[str]:
    """A token of every class."""
    return [next(secret for kind, secret in tokens if kind is wanted) for wanted in KINDS]


def warm(port: int, paths: Iterable[str], tokens: Iterable[str], headers: dict[str, str]) -> dict[str, Listing]:
    """Ask for every path with every token; what the first of them was answered."""
    found: dict[str, Listing] = {}
    wanted = [(path, token) for token in tokens for path in paths]
    with ThreadPoolExecutor(4) as pool:
        shares = [wanted[number::4] for number in range(4)]
        for answers in pool.map(lambda share: _ask_all(port, share, headers), shares):
            for path, listing in answers.items():
                found.setdefault(path, listing)
    return found


def _ask_all(port: int, wanted: Sequence[tuple[str, str]], headers: dict[str, str]) -> dict[str, Listing]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    found = {}
    for path, token in wanted:
        credential = {"Authorization": f"Bearer {token}"} if token else {}
        connection.putrequest("GET", path, skip_accept_encoding=True)  # as the load, which sends none
        for name, value in {**headers, **credential}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answer.reason} {body[:300]!r}")
        found.setdefault(path, Listing(body, answer.getheader("ETag") or ""))
    connection.close()
    return found


def is_quiet() -> bool:
    """Whether the machine does little else."""
    return os.getloadavg()[0] < 1.0


def shuffled(tokens: Sequence[tuple[ActorKind, str]], source: random.Random) -> list[str]:
    """The tokens' secrets in any order."""
    return source.sample([secret for _, secret in tokens], len(tokens))
