"""Every implementation of a store's port, as fixtures: a contract test runs on each of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.ports import Blobs
from pratique.store.blobs_file import FileBlobs
from pratique.store.blobs_object import ObjectBlobs
from pratique.store.copies import Copies
from pratique.store.database import Database
from pratique.store.dialects import database_url
from pratique.store.migrations import upgrade
from tests.harness.postgresql import cluster
from tests.harness.seaweedfs import object_store

NOW = Instant(1_900_000_000_000)
DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("template") / "pratique.db"
    upgrade(database_url(path))
    return path


@cache
def empty_postgresql() -> str:
    """The name of a database with the schema, from which others are copied; made once in a test process."""
    name = cluster().new_database()
    upgrade(cluster().url(name))
    return name


@cache
def _never_written() -> Database:
    """One for all tests that take back what they write."""
    return Database.open(cluster().url(cluster().new_database(empty_postgresql())))


@pytest.fixture(params=DATABASES)
def url(request, tmp_path, empty_sqlite) -> Iterator[str]:
    """A database with the schema and nothing in it."""
    if request.param == "postgresql":
        name = cluster().new_database(empty_postgresql())
        yield cluster().url(name)
        cluster().drop(name)
    else:
        yield new_sqlite(tmp_path, empty_sqlite)


@pytest.fixture
def database(url) -> Iterator[Database]:
    opened = Database.open(url)
    yield opened
    opened.close()


@pytest.fixture(params=DATABASES)
def c(request, tmp_path, empty_sqlite) -> Iterator[sa.Connection]:
    """A writing transaction, taken back at the end."""
    if request.param == "postgresql":
        with _never_written().engine.connect() as connection:
            yield connection
        return
    opened = Database.open(new_sqlite(tmp_path, empty_sqlite))
    with opened.engine.connect() as connection:
        yield connection
    opened.close()


def new_sqlite(folder: Path, template: Path) -> str:
    shutil.copy(template, folder / "pratique.db")
    return database_url(folder / "pratique.db")


@pytest.fixture(params=["file", "s3"])
def blobs(request, tmp_path) -> Blobs:
    if request.param == "file":
        return FileBlobs(tmp_path / "data")
    client = object_store().client(object_store().new_prefix())
    return ObjectBlobs(client, Copies(tmp_path / "data", limit=1 << 30))
