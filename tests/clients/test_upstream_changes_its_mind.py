"""What is pinned and stored here stays, whatever the upstream's owner does to it later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness import packages
from tests.harness.clients import Npm, NpmPin, Pip
from tests.harness.pair import EAGER
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Server


@pytest.fixture(scope="module")
def registry() -> Iterator[PlainRegistry]:
    with PlainRegistry() as running:
        yield running


@pytest.fixture(scope="module")
def front(registry: PlainRegistry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("front"), settings=registry.settings + EAGER).start()
    yield server
    assert server.stop() == 0


def test_a_version_removed_upstream_is_still_installed_from_a_lockfile(
    front: Server, registry: PlainRegistry, npm: Npm
) -> None:
    good = registry.npm("good", "1.0.0")
    npm.use(front.npm).run("install", "good@1.0.0").must()

    good.listed = False
    registry.npm("good", "1.0.1", days=0.01)

    npm.forget().run("ci").must()
    assert npm.installed("good") == "1.0.0"


def test_a_version_yanked_upstream_is_still_installed_by_its_pin(
    front: Server, registry: PlainRegistry, pip: Pip
) -> None:
    good = registry.wheel("good-py", "1.0")
    pip.use(front.pypi).install("good-py==1.0").must()

    good.yanked = "use 2.0"

    pip.install("--upgrade", "--force-reinstall", "good-py==1.0").must()


def test_a_file_removed_upstream_is_still_installed_by_its_pin(
    front: Server, registry: PlainRegistry, pip: Pip
) -> None:
    good = registry.wheel("gone-py", "1.0")
    pip.use(front.pypi).install("gone-py==1.0").must()

    good.listed = False

    pip.install("--upgrade", "--force-reinstall", "gone-py==1.0").must()


def test_other_bytes_under_a_known_name_are_refused(front: Server, registry: PlainRegistry, npm: Npm) -> None:
    swapped = registry.npm("swapped", "1.0.0")
    npm.use(front.npm).run("install", "swapped").must()

    swapped.content = packages.npm_tarball("swapped", "1.0.0", files={"extra.js": "1;"})
    pin = NpmPin(
        "swapped", "1.0.0", f"{front.npm}/swapped/-/swapped-1.0.0.tgz", packages.npm_integrity(swapped.content)
    )

    refused = npm.forget().lock(pin).run("ci")
    assert refused.failed
    assert "Blocked by policy digest_mismatch: swapped@1.0.0" in refused.shown
