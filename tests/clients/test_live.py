"""A few installs from the public registries themselves, through a fresh server with its default settings."""

from __future__ import annotations

import json
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness.clients import Npm, Pip, Uv
from tests.harness.pass_through import packument_changes, page_changes
from tests.harness.server import Server

pytestmark = pytest.mark.live
NAMES = {"npm": "the npm registry", "pypi": "PyPI"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("live"), test_clock=False).start()
    yield running
    assert running.stop() == 0
    running.no_5xx()


@pytest.fixture
def npm_registry(server: Server) -> None:
    unless_unreachable(server, "npm")


@pytest.fixture
def python_index(server: Server) -> None:
    unless_unreachable(server, "pypi")


def upstream(server: Server, ecosystem: str) -> str:
    """Where the fresh server found the registry; nothing in this repository knows it."""
    settings = tomllib.loads((server.data / "pratique.toml").read_text())
    return str(settings["repositories"]["main"]["upstreams"][ecosystem][0])


def unless_unreachable(server: Server, ecosystem: str) -> None:
    """Go on if the registry answers anything at all to a request that does not pass through Pratique."""
    try:
        urllib.request.urlopen(upstream(server, ecosystem), timeout=20).close()
    except urllib.error.HTTPError as answer:
        answer.close()
        if answer.code >= 500:
            pytest.skip(f"{NAMES[ecosystem]} answers {answer.code} today")
    except OSError as error:
        pytest.skip(f"{NAMES[ecosystem]} cannot be reached from here: {type(error).__name__}")


def fetched(url: str) -> Any:
    """A document as JSON, in whichever form its registry has for that."""
    accept = "application/vnd.pypi.simple.v1+json, application/json;q=0.5"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=120) as answer:
        return json.load(answer)


@pytest.mark.usefixtures("npm_registry")
def test_npm_installs_express_and_again_from_its_lockfile(server: Server, npm: Npm) -> None:
    npm.use(server.npm).run("install", "express").must()
    installed = npm.installed("express")
    assert installed

    npm.forget().run("ci").must()

    assert npm.installed("express") == installed
    assert len(npm.locked()) > 20


@pytest.mark.usefixtures("npm_registry")
def test_what_the_registry_says_of_a_tarball_passes_through_and_only_its_address_changes(
    server: Server, npm: Npm
) -> None:
    with urllib.request.urlopen(f"{upstream(server, 'npm')}/is-odd", timeout=60) as answer:
        theirs = json.load(answer)["versions"]["3.0.1"]["dist"]

    ours = json.loads(npm.use(server.npm).run("view", "is-odd@3.0.1", "dist", "--json").must().stdout)

    assert ours.pop("tarball") == f"{server.npm}/is-odd/-/is-odd-3.0.1.tgz"
    assert ours == {key: value for key, value in theirs.items() if key != "tarball"}


@pytest.mark.usefixtures("npm_registry")
@pytest.mark.parametrize("name", ["webpack", "next"])
def test_a_large_packument_passes_through_field_by_field(server: Server, name: str) -> None:
    theirs, ours = fetched(f"{upstream(server, 'npm')}/{name}"), fetched(f"{server.npm}/{name}")

    changed = packument_changes(theirs, ours, lambda version: f"{server.npm}/{name}/-/{name}-{version}.tgz")

    assert changed == []
    assert len(ours["versions"]) > 500


@pytest.mark.usefixtures("python_index")
def test_a_large_simple_page_passes_through_field_by_field(server: Server) -> None:
    project = "pydantic-core"
    theirs, ours = fetched(f"{upstream(server, 'pypi')}/{project}/"), fetched(f"{server.pypi}/simple/{project}/")

    changed = page_changes(theirs, ours, lambda filename: f"{server.pypi}/files/{project}/{filename}")

    assert changed == []
    assert len(ours["files"]) > 500


@pytest.mark.usefixtures("python_index")
def test_pip_installs_flask(server: Server, pip: Pip) -> None:
    pip.use(server.pypi).install("flask").must()

    assert pip.installed("flask")
    assert pip.installed("werkzeug")


@pytest.mark.usefixtures("python_index")
def test_uv_installs_flask(server: Server, uv: Uv) -> None:
    uv.use(server.pypi).install("flask").must()

    assert uv.installed("flask")
    assert uv.installed("werkzeug")
