"""Stock clients and names that could be taken for others: the sentence names what was meant, what is meant goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import packages
from tests.harness.cargo_client import Cargo
from tests.harness.clients import Npm, Pip, Twine
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
    server.cli("policy", "set", "similar_name", "--mode", "enforce").must()
    yield server
    assert server.stop() == 0


def test_a_squat_is_held_with_what_was_meant_and_the_popular_name_is_installed(
    front: Server, registry: PlainRegistry, npm: Npm, pip: Pip, cargo: Cargo
) -> None:
    registry.npm("expresss", "1.0.0", days=20)
    registry.npm("express", "1.0.0", days=20)
    registry.wheel("reqeusts", "1.0", days=20)
    registry.wheel("requests", "1.0", days=20)
    registry.crate("tokoi", "1.0.0", days=20)
    registry.crate("tokio", "1.0.0", days=20)

    squats = {
        "express": npm.use(front.npm).run("install", "expresss"),
        "requests": pip.use(front.pypi).install("reqeusts==1.0"),
        "tokio": cargo.use(front.cargo).package("user", "0.1.0", {"tokoi": "1"}).run("build"),
    }

    for meant, result in squats.items():
        assert result.failed, meant
        assert f"did you mean {meant}?" in squats[meant].shown
        assert "Blocked by policy similar_name" in squats[meant].shown
    assert [registry.downloads(f"{name}") for name in ("expresss-1.0.0.tgz", "tokoi-1.0.0.crate")] == [0, 0]

    npm.forget().run("install", "express").must()
    pip.install("requests==1.0").must()
    cargo.forget().package("user", "0.1.0", {"tokio": "1"}).run("build").must()
    assert (npm.installed("express"), pip.installed("requests"), cargo.locked("tokio")) == ("1.0.0", "1.0", "1.0.0")


def test_a_publish_that_looks_like_another_waits_for_a_person_who_sees_why(
    front: Server, npm: Npm, twine: Twine, tmp_path: Path
) -> None:
    token = front.token("publisher", operations=("read", "publish"))
    npm.use(front.npm, token).write_manifest(name="lodahs", version="1.0.0", private=False)
    asked = front.cli("names", "check", "-e", "npm", "lodahs", "--json", "--server", front.url, "--token", token).must()

    published = npm.run("publish").must()
    filename, content = packages.wheel("djnago", "1.0")
    (tmp_path / filename).write_bytes(content)
    uploaded = twine.upload(front.pypi, token, tmp_path / filename).must()
    queue = json.loads(front.cli("review", "--json").must().shown)["names"]

    assert json.loads(asked.shown)["targets"][0] == "lodash"
    assert 'could be taken for "lodash"' in published.shown
    assert uploaded.code == 0
    assert [(one["name"], one["targets"][0], one["by"]) for one in queue] == [
        ("lodahs", "lodash", "admin"),
        ("djnago", "django", "admin"),
    ]
    assert "similar_name" in npm.forget().run("install", "lodahs").shown

    front.cli("review", "approve", "npm", "lodahs", "--reason", "it is ours").must()

    npm.forget().run("install", "lodahs").must()
    assert npm.installed("lodahs") == "1.0.0"


def test_npm_prints_where_a_name_exists_that_is_asked_for_in_the_wrong_place(front: Server, npm: Npm) -> None:
    result = npm.use(front.npm).run("install", "serde_json")

    assert result.failed
    assert "a package of this name exists in crates.io" in result.shown
