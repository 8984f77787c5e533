"""A writing transaction, and the rows that most tests start from."""

import pytest

from pratique.core.artifacts import Clearance, Digests, Origin
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ports import StoredBlob
from pratique.store import projects, releases, repositories
from tests.stores.implementations import NOW, c, database, empty_sqlite, url

__all__ = ["c", "database", "empty_sqlite", "url"]


@pytest.fixture
def main(c):
    return repositories.ensure_repository(c, "main", True, NOW)


@pytest.fixture
def left():
    return ProjectKey(EcosystemId("npm"), "left")


@pytest.fixture
def upstream(c, main):
    (only,) = repositories.sync_upstreams(c, main.id, "npm", ["http://127.0.0.1:9/npm"])
    return only


@pytest.fixture
def project(c, main, left):
    return projects.create(c, main.id, left, "Left", Origin.OWN, None, "members", NOW, twin="left")


@pytest.fixture
def release(c, project):
    return releases.create(c, project.id, "1.0.0", Clearance.LIVE, NOW)


@pytest.fixture
def blob():
    def make(letter="a", size=3):
        return StoredBlob(letter * 64, size, Digests(sha256=letter * 64, md5=letter * 32))

    return make
