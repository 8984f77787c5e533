"""A server that runs out of room, as an operator sees it: real processes that may write no file any further.

Not a small disk, which not everybody may mount: the kernel's limit for the size of files, set on processes that run.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import PRATIQUE, Server

NO_MORE = 20_000
"""Bytes a file may have: room for what is said on the terminal, and for no page of the database."""

ENDLESS = resource.RLIM_INFINITY


@pytest.fixture
def registry() -> Iterator[PlainRegistry]:
    with PlainRegistry() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, registry: PlainRegistry) -> Iterator[Server]:
    server = Server(tmp_path, settings=registry.settings)
    yield server
    if server.process is not None:
        server.stop()


def limit(server: Server, size: int) -> None:
    """How long files may become from now on, of the supervisor, of its children, and of those it starts later."""
    assert server.process is not None
    supervisor = server.process.pid
    fork_server = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    children = re.findall(r" \(pid (\d+)\)", server.terminal())
    for pid in {supervisor, *map(int, (*fork_server, *children))}:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, ENDLESS))


def wait_for(condition: Callable[[], object], server: Server) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, server.terminal()
        time.sleep(0.1)


def refuse_to_start(server: Server) -> None:
    ended = subprocess.run(
        [PRATIQUE, "up", "--port", str(server.port), "--data", server.data],
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, ENDLESS)),
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("pratique: the disk of the data folder is full")
    assert "Traceback" not in ended.stderr


def test_a_server_without_room_stops_handing_out_stays_alive_says_so_and_goes_on_when_there_is_room(
    server: Server, registry: PlainRegistry
) -> None:
    registry.npm("left", "1.0.0")
    server.start()
    wait_for(lambda: "Ctrl-C" in server.terminal(), server)
    path, answered = "/main/npm/left/-/left-1.0.0.tgz", []

    def handed_out() -> bool:
        answered.append(server.get(path))
        return answered[-1].status == 200

    assert handed_out()
    limit(server, NO_MORE)
    wait_for(lambda: not handed_out(), server)
    assert answered[-1].status == 503
    assert "nothing is handed out until they can: the database file could not be written" in answered[-1].text
    assert answered[-1].headers["Retry-After"]
    assert server.get("/main/npm/left").status == 200
    assert server.get("/healthz").status == 200
    ready = server.get("/readyz")
    assert (ready.status, "downloads cannot be recorded" in ready.text) == (503, True)

    limit(server, ENDLESS)
    wait_for(handed_out, server)
    wait_for(lambda: server.get("/readyz").status == 200, server)
    told = server.cli("exposure", "pkg:npm/left").must().stdout
    assert told.count("left-1.0.0.tgz") == sum(one.status == 200 for one in answered)

    limit(server, NO_MORE)
    wait_for(lambda: server.get("/readyz").status == 503, server)
    os.kill(int(re.findall(r"web 1 started \(pid (\d+)\)", server.terminal())[-1]), signal.SIGKILL)
    wait_for(lambda: "cannot work, because the disk of the data folder is full" in server.terminal(), server)
    limit(server, ENDLESS)
    wait_for(lambda: "web 1 works again" in server.terminal(), server)
    wait_for(handed_out, server)
    assert "Traceback" not in server.terminal()
    assert server.stop() == 0
    refuse_to_start(server)


def test_a_first_start_without_room_is_a_sentence_and_leaves_nothing_half_written(server: Server) -> None:
    (server.data / "pratique.toml").unlink()

    refuse_to_start(server)

    assert {path.name for path in server.data.iterdir()} <= {"lock", "logs"}
