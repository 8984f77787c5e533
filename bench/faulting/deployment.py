"""A deployment as an operator builds it: nodes that share a PostgreSQL and a folder for files."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import aiohttp
from bench.faulting.bucket import Bucket
from bench.faulting.wires import CENTRE, NETWORK, Wire
from bench.processes import family, role
from tests.harness.postgresql import OWNER, Cluster
from tests.harness.process import stranger
from tests.harness.server import ClockFile, free_port
from tests.harness.shared_database import give_secrets, without_starter

PRATIQUE = Path(sys.executable).parent / "pratique"
ROOM = "512m"
"""Size of the disk that holds the nodes' folders and the files of packages, and of the database's."""

_READY_PATIENCE = 90.0
_STARTED = re.compile(r"(?:web|jobs)[ \d]* started \(pid (\d+)\)")
_ROLES = ("web", "jobs")
_HELPERS = {"forks": "fork server", "rend": "render process"}
_SHORT_LIVED = """
[downloads]
wait_bytes = "150 KB"
[upstream]
fresh_for = "3s"
stale_for = "6s"
missing_for = "2s"
retry_after = "3s"
patience = "2s"
silence = "5s"
connect_timeout = "3s"
document_timeout = "8s"
"""
"""Everything that lasts is short here, so that a run meets it: larger files flow, documents age."""


class Node:
    """One server: a supervisor, two web processes and a job process, in a data folder of its own."""

    def __init__(self, number: int, disk: Path, port: int, wire: Wire | None) -> None:
        self.number, self.name, self.port, self.wire = number, f"node {number}", port, wire
        self.url = f"http://127.0.0.1:{port}"
        folder = disk.parent  # what is ours has room when the disk has none
        self.data = disk / f"node-{number}"
        self.data.mkdir(mode=0o700, parents=True)
        self.clock = ClockFile(folder / f"clock-{number}")
        self._home = folder / f"home-{number}"
        self._terminal_file = folder / f"terminal-{number}"
        self._terminal: TextIO | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def write_settings(self, text: str) -> None:
        """Have it start with these."""
        head = f"port = {self.port}\nworkers = 2\nunsafe_test_clock = {json.dumps(str(self.clock.path))}\n"
        path = self.data / "pratique.toml"
        path.write_text(head + text)
        path.chmod(0o600)

    def session(self) -> aiohttp.ClientSession:
        """A client of this node; each request is a connection of its own and may meet either process."""
        made = self.wire.sockets() if self.wire else None
        connector = aiohttp.TCPConnector(force_close=True, limit=0, socket_factory=made)
        return aiohttp.ClientSession(
            self.url, connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True
        )

    def start(self) -> None:
        """Start it; nobody waits here until it is ready."""
        environment = stranger(self._home, PYTHONUNBUFFERED="1")
        with self._terminal_file.open("ab") as terminal:
            self.process = subprocess.Popen(
                [PRATIQUE, "up", "--data", self.data],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=self.wire.move_in if self.wire else None,
            )

    async def start_until_ready(self) -> None:
        """Start it, again and again where it cannot (the database is away), as whatever looks after services does."""
        async with asyncio.timeout(_READY_PATIENCE):
            while True:
                self.start()
                try:
                    return await self.become_ready()
                except AssertionError:
                    await asyncio.sleep(1)

    async def become_ready(self) -> None:
        """Wait until it says that it is."""
        async with asyncio.timeout(_READY_PATIENCE), self.session() as session:
            while True:
                if self.process is None or self.process.poll() is not None:
                    raise AssertionError(f"{self.name} ended while it started:\n{self.terminal()}")
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get("/readyz", timeout=aiohttp.ClientTimeout(total=2)) as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.1)

    def children(self) -> dict[int, str]:
        """Ids of all its processes but the supervisor, and what each is: `web`, `jobs`, or one that helps them.

        Those whose fork server was killed are below the supervisor no more; the terminal told of them.
        """
        if self.process is None:
            return {}
        told = {int(pid) for pid in _STARTED.findall(self.terminal())}
        roots = (self.process.pid, *(pid for pid in told if role(pid) in _ROLES and _works_in(pid, self.data)))
        below = {pid for root in roots for pid in family(root)} - {self.process.pid}
        return {pid: _HELPERS.get(role(pid), role(pid)) or "helping process" for pid in below}

    def terminal(self) -> str:
        """What it said where it was started."""
        return self._terminal_file.read_text("utf-8", "replace") if self._terminal_file.exists() else ""

    def stop(self) -> int:
        """End it as an operator does; its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            for pid in (self.process.pid, *self.children()):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return -9


class Deployment:
    """The database, the disk and the nodes."""

    def __init__(self, folder: Path, count: int, *, apart: bool, in_bucket: bool = False) -> None:
        """Make the places; nothing runs but PostgreSQL afterwards.

        Args:
            folder: to work in.
            count: nodes.
            apart: whether each node gets a network of its own, and all of them a disk of limited size.
            in_bucket: whether the files of packages are in an object store, and not in a folder.
        """
        self.folder, self.apart = folder, apart
        self.disk = folder / "disk"
        self.disk.mkdir()
        self.database_disk = folder / "database-disk"
        self.database_disk.mkdir(mode=0o755)
        if apart:
            for disk in (self.disk, self.database_disk):
                subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", disk], check=True)
        self.files = self.disk / "files"
        self.centre = CENTRE if apart else "127.0.0.1"
        self.bucket = Bucket(folder, self.centre) if in_bucket else None
        with _temporary_files_in(self.database_disk):
            self.database = Cluster(listen_addresses=CENTRE) if apart else Cluster()
        ports = [free_port()] * count if apart else [free_port() for _ in range(count)]
        self.nodes = [
            Node(number, self.disk, port, Wire(number) if apart else None) for number, port in enumerate(ports, 1)
        ]
        self.database_name = without_starter(self.database).rpartition("?")[0].rpartition("/")[2]

    def settle(self, upstream_settings: str) -> None:
        """Give all nodes the same settings, before any of them starts."""
        url = self.database.url(self.database_name)
        if self.apart:
            with (self.database.folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {NETWORK} trust\n")
            self.database.do("SELECT pg_reload_conf()")
            url = f"postgresql://{OWNER}@{CENTRE}:5432/{self.database_name}"
        blobs, table = self.bucket.settings() if self.bucket else (str(self.files), "")
        head = f"database = {json.dumps(url)}\nblobs = {json.dumps(blobs)}\n"
        for node in self.nodes:
            node.write_settings(f"{head}{upstream_settings}\n[advisories]\nscheduled = false\n{_SHORT_LIVED}{table}")

    def share_secrets(self) -> None:
        """Copy what the first node made at its preparation to the others."""
        for node in self.nodes[1:]:
            give_secrets(self.nodes[0].data, node.data)

    async def start(self) -> None:
        """Start all nodes at once."""
        for node in self.nodes:
            node.start()
        await asyncio.gather(*(node.become_ready() for node in self.nodes))

    def stored(self) -> dict[str, str]:
        """Names of all stored files to the sha256 of what they hold."""
        if self.bucket is not None:
            return self.bucket.stored()
        files = [path for path in (self.files / "blobs").rglob("*") if path.is_file()]
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def stop(self) -> list[int]:
        """End everything; the exit codes of the nodes."""
        codes = [node.stop() for node in self.nodes]
        self.database.remove()
        return codes

    def unmount(self) -> None:
        """Give the disks back: a folder that is one cannot be removed."""
        if self.apart:
            for disk in (self.disk, self.database_disk):
                subprocess.run(["umount", "--lazy", disk], check=False)


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _works_in(pid: int, data: Path) -> bool:
    """Whether a process has a file of this data folder open, as its log always is; its number may be another's now."""
    with suppress(OSError):
        return any(Path(os.readlink(one)).is_relative_to(data) for one in Path(f"/proc/{pid}/fd").iterdir())
    return False
