"""Every implementation of a store's port, as fixtures: a contract test runs on each of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.store.blobs_file import FileBlobs
from pratique.store.database import Database
from pratique.store.dialects import database_url
from pratique.store.migrations import upgrade

NOW = Instant(1_900_000_000_000)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("template") / "pratique.db"
    upgrade(database_url(path))
    return path


@pytest.fixture(params=["sqlite"])
def url(request, tmp_path, empty_sqlite) -> str:
    """A database with the schema and nothing in it."""
    shutil.copy(empty_sqlite, tmp_path / "pratique.db")
    return database_url(tmp_path / "pratique.db")


@pytest.fixture
def database(url) -> Iterator[Database]:
    opened = Database.open(url)
    yield opened
    opened.close()


@pytest.fixture
def c(database) -> Iterator[sa.Connection]:
    """A writing transaction, taken back at the end."""
    with database.engine.connect() as connection:
        yield connection


@pytest.fixture(params=["file"])
def blobs(request, tmp_path) -> FileBlobs:
    return FileBlobs(tmp_path / "data")
