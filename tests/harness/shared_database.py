"""Servers that share a PostgreSQL and a folder for files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pratique.core.clock import Instant
from pratique.services.advisories.import_advisories import STARTER
from pratique.store import advisories
from pratique.store.database import Database
from pratique.store.migrations import upgrade
from tests.harness.postgresql import Cluster
from tests.harness.server import Server

_SAME_EVERYWHERE = ("secret", "signing-key.pem")


def without_starter(postgresql: Cluster) -> str:
    """The URL of a database that says of itself that it has the starter set: taking it in lasts longer than a test."""
    url = postgresql.url(postgresql.new_database())
    upgrade(url)
    database = Database.open(url)
    database.write_now(advisories.note_import, STARTER, Instant(0), Instant(0), 0, 0)
    database.close()
    return url


def settings_on(url: str, files: Path) -> str:
    """A node on a database, with a folder for files and no upstream."""
    places = f"database = {json.dumps(url)}\nblobs = {json.dumps(str(files))}\n"
    return f"{places}[repositories.main.upstreams]\n[advisories]\nscheduled = false\n"


def give_secrets(origin: Path, node: Path) -> None:
    """Copy from one data folder to another what all nodes must have alike."""
    for name in _SAME_EVERYWHERE:
        shutil.copy(origin / name, node / name)


@contextmanager
def two_nodes(postgresql: Cluster, root: Path) -> Iterator[tuple[Server, Server]]:
    """Two servers that run, with a data folder each; whatever still runs at the end is killed."""
    settings = settings_on(without_starter(postgresql), root / "files")
    first, second = (Server(root / name, settings=settings) for name in ("first", "second"))
    try:
        first.start()
        give_secrets(first.data, second.data)
        second.start()
        yield first, second
    finally:
        for node in (first, second):
            node.kill()
