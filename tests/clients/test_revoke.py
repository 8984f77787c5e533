"""Revoke and unrevoke: within a second, on every web process, for real clients, with exposure."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest

from tests.harness.clients import Npm, Pip
from tests.harness.pair import Pair, Registry

TRIES = 12
"""Enough connections that both web processes answer some of them."""


@pytest.fixture(scope="module")
def pair(public_registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    both = Pair(tmp_path_factory.mktemp("pair"), public_registry, workers=2)
    yield both
    both.stop()


def statuses(pair: Pair, path: str) -> set[int]:
    return {pair.front.get(path).status for _ in range(TRIES)}


def within_a_second(change: Callable[[], object], seen: Callable[[], bool]) -> None:
    """Make a change; a second after it is acknowledged it must show, on whichever process answers."""
    change()
    time.sleep(1)
    assert seen()


def test_npm_is_refused_and_served_again(pair: Pair, npm: Npm) -> None:
    pin = pair.publish_npm("taken-back", "1.0.0")
    path = "/main/npm/taken-back/-/taken-back-1.0.0.tgz"
    npm.use(pair.front.npm, pair.user).lock(pin).run("ci").must()
    assert statuses(pair, path) == {200}

    within_a_second(
        lambda: pair.front.cli("revoke", "pkg:npm/taken-back@1.0.0", "--reason", "steals tokens").must(),
        lambda: statuses(pair, path) == {403},
    )
    refused = npm.forget().run("ci")
    assert refused.failed
    assert "Blocked by policy revoked: taken-back@1.0.0" in refused.shown
    assert "steals tokens" in refused.shown

    within_a_second(
        lambda: pair.front.cli("unrevoke", "pkg:npm/taken-back@1.0.0").must(),
        lambda: statuses(pair, path) == {200},
    )
    npm.forget().run("ci").must()


def test_pip_is_refused_and_served_again(pair: Pair, pip: Pip) -> None:
    pair.publish_wheel("taken-back-py", "1.0")
    pip.use(pair.front.pypi, pair.user).install("taken-back-py==1.0").must()

    pair.front.cli("revoke", "pkg:pypi/taken-back-py@1.0", "--reason", "steals tokens").must()
    time.sleep(1)
    refused = pip.install("--upgrade", "--force-reinstall", "taken-back-py==1.0")
    assert refused.failed
    assert "Blocked by policy revoked: taken-back-py@1.0" in refused.shown

    pair.front.cli("unrevoke", "pkg:pypi/taken-back-py@1.0").must()
    time.sleep(1)
    pip.install("--upgrade", "--force-reinstall", "taken-back-py==1.0").must()


def test_exposure_says_who_fetched_it_and_when(pair: Pair, npm: Npm) -> None:
    pin = pair.publish_npm("fetched", "1.0.0")
    build = pair.front.token("build-machine", kind="ci")
    npm.use(pair.front.npm, build).lock(pin).run("ci").must()
    time.sleep(1)

    shown = json.loads(pair.front.cli("exposure", "pkg:npm/fetched@1.0.0", "--json").must().stdout)

    assert "build-machine" in json.dumps(shown)


def test_an_own_release_can_be_taken_back(pair: Pair, npm: Npm) -> None:
    npm.manifest.pop("private")
    npm.write_manifest(name="@ours/oops", version="1.0.0")
    npm.use(pair.front.npm, pair.user).run("publish").must()

    pair.front.cli("revoke", "pkg:npm/%40ours/oops@1.0.0", "--reason", "holds a key").must()
    time.sleep(1)

    assert pair.front.get("/main/npm/@ours/oops/-/oops-1.0.0.tgz", pair.user).status == 403
