"""Stock clients against a server on PostgreSQL: publish, install, refused after a revocation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.test_publish import built, package
from tests.harness import packages
from tests.harness.clients import Npm, Pip, Twine
from tests.harness.postgresql import cluster
from tests.harness.server import Server
from tests.harness.shared_database import settings_on, without_starter


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("server")
    running = Server(root, settings=settings_on(without_starter(cluster()), root / "files"), workers=2).start()
    try:
        yield running
        assert running.stop() == 0
        running.no_5xx()
    finally:
        running.kill()


@pytest.mark.long  # the flows show servers on PostgreSQL each time
def test_npm_twine_and_pip_publish_and_install_until_a_release_is_revoked(
    server: Server, npm: Npm, twine: Twine, pip: Pip, tmp_path: Path
) -> None:
    token = server.token("ann", operations=("read", "publish"))
    package(npm, "ours-on-pg", "1.0.0").use(server.npm, token).run("publish").must()
    other = Npm(tmp_path / "other").use(server.npm, token)
    other.run("install", "ours-on-pg").must()
    assert other.installed("ours-on-pg") == "1.0.0"
    twine.upload(server.pypi, token, *built(tmp_path, packages.wheel("ours-on-pg", "1.0"))).must()
    pip.use(server.pypi, token).install("ours-on-pg==1.0").must()

    server.cli("revoke", "pkg:npm/ours-on-pg@1.0.0", "--reason", "steals tokens").must()
    time.sleep(1)

    refused = other.forget().run("ci")
    assert refused.failed
    assert "Blocked by policy revoked: ours-on-pg@1.0.0" in refused.shown
