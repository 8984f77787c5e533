"""A hidden version is served to whoever pinned it, so npm must not be told to give it up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness import packages
from tests.harness.clients import Npm, NpmPin
from tests.harness.pair import EAGER
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Server


@pytest.fixture(scope="module")
def registry() -> Iterator[PlainRegistry]:
    with PlainRegistry() as running:
        yield running


@pytest.fixture(scope="module")
def front(registry: PlainRegistry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`left` with 1.0.0 offered and 1.0.1 hidden: it was served here, and its owner removed it."""
    server = Server(tmp_path_factory.mktemp("front"), settings=registry.settings + EAGER).start()
    registry.npm("left", "1.0.0")
    registry.npm("left", "1.0.1")
    assert server.get("/main/npm/left/-/left-1.0.1.tgz").status == 200
    registry.releases["npm", "left"][-1].listed = False
    yield server
    assert server.stop() == 0


def test_asked_for_exactly_it_npm_finds_no_such_version_and_reads_of_no_refusal(front: Server, npm: Npm) -> None:
    asked = npm.use(front.npm).run("install", "left@1.0.1")

    assert asked.failed
    assert "No matching version found for left@1.0.1" in asked.shown
    assert "do not retry" not in asked.shown


def test_a_range_takes_what_is_offered(front: Server, npm: Npm) -> None:
    npm.use(front.npm).run("install", "left@^1.0.0").must()

    assert npm.installed("left") == "1.0.0"


def test_a_lockfile_gets_the_bytes(front: Server, registry: PlainRegistry, npm: Npm) -> None:
    content = registry.releases["npm", "left"][-1].content
    pin = NpmPin("left", "1.0.1", f"{front.npm}/left/-/left-1.0.1.tgz", packages.npm_integrity(content))

    npm.use(front.npm).lock(pin).run("ci").must()

    assert npm.installed("left") == "1.0.1"
