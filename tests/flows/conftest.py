"""The store on a real database and a real folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from pratique.store.blobs_file import FileBlobs
from tests.stores.implementations import database, empty_sqlite, url

__all__ = ["blobs", "database", "empty_sqlite", "url"]


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path / "data")
