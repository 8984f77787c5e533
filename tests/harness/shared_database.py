"""Servers on a PostgreSQL, as settings."""

from __future__ import annotations

import json
from pathlib import Path

from pratique.core.clock import Instant
from pratique.services.advisories.import_advisories import STARTER
from pratique.store import advisories
from pratique.store.database import Database
from pratique.store.migrations import upgrade
from tests.harness.postgresql import Cluster


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
