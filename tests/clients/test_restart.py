"""Power cuts: what was acknowledged is there afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import packages
from tests.harness.clients import Npm
from tests.harness.plain_registry import PlainRegistry
from tests.harness.publishing import put_npm
from tests.harness.server import Server


@pytest.fixture
def registry() -> Iterator[PlainRegistry]:
    with PlainRegistry() as running:
        yield running


@pytest.fixture
def front(registry: PlainRegistry, tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "front", settings=registry.settings).start()
    yield server
    assert server.stop() == 0


def test_what_was_published_revoked_and_stored_survives_a_power_cut(
    front: Server, registry: PlainRegistry, npm: Npm, tmp_path: Path
) -> None:
    token = front.token("publisher", operations=("read", "publish"))
    registry.npm("stored-here", "1.0.0")
    registry.npm("taken-back", "1.0.0")
    npm.use(front.npm, token).run("install", "stored-here", "taken-back").must()
    front.cli("revoke", "pkg:npm/taken-back@1.0.0", "--reason", "harmful").must()
    assert put_npm(front.npm, token, "@ours/kept", "1.0.0", packages.npm_tarball("@ours/kept", "1.0.0")).status == 201

    front.kill()
    front.start()

    Npm(tmp_path / "other").use(front.npm, token).run("install", "@ours/kept").must()
    assert front.get("/main/npm/stored-here/-/stored-here-1.0.0.tgz", token).status == 200
    assert front.get("/main/npm/taken-back/-/taken-back-1.0.0.tgz", token).status == 403
    assert registry.downloads("stored-here-1.0.0.tgz") == 1


def test_what_is_stored_is_served_while_the_upstream_is_away(tmp_path: Path) -> None:
    with PlainRegistry() as registry:
        front = Server(tmp_path / "front", settings=registry.settings).start()
        registry.npm("kept", "1.0.0")
        Npm(tmp_path / "first").use(front.npm).run("install", "kept").must()

    result = Npm(tmp_path / "second").use(front.npm).run("install", "kept")

    front.stop()
    result.must()
