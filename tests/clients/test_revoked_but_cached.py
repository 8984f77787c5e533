"""A revoked release that lies in a client's warm cache: what `docs/how-to/revoke.md` says of each client."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.harness.cargo_client import Cargo
from tests.harness.clients import Npm, Pip, Uv
from tests.harness.node_clients import Bun, NodeClient, Pnpm, Yarn1, Yarn4
from tests.harness.pair import Pair
from tests.harness.process import Result
from tests.harness.python_projects import Poetry


def take_back(pair: Pair, *purls: str) -> None:
    for purl in purls:
        pair.front.cli("revoke", f"pkg:{purl}", "--reason", "steals tokens").must()
    time.sleep(1)


def refused(result: Result) -> bool:
    return result.failed and "Blocked by policy revoked" in " ".join(result.shown.split())


def test_npm_and_pnpm_install_a_pin_from_the_cache_and_are_refused_anew(pair: Pair, npm: Npm, pnpm: Pnpm) -> None:
    pair.publish_npm("cached", "1.0.0")
    npm.use(pair.front.npm).run("install", "cached").must()
    pnpm.use(pair.front.npm).add("cached").must()

    take_back(pair, "npm/cached@1.0.0")

    npm.uninstall().run("ci").must()
    pnpm.uninstall().install_frozen().must()
    assert npm.installed("cached") == pnpm.installed("cached") == "1.0.0"
    (npm.project / "package-lock.json").unlink()
    npm.write_manifest()
    assert refused(npm.uninstall().run("install", "cached"))
    assert refused(pnpm.uninstall().unlock().add("cached"))


def test_pip_and_uv_are_refused_whatever_is_in_the_cache(pair: Pair, pip: Pip, uv: Uv) -> None:
    pair.publish_wheel("cached-py", "1.0")
    pip.use(pair.front.pypi).keep_cache().environment["PIP_TRUSTED_HOST"] = "127.0.0.1"
    pip.install("cached-py==1.0").must()
    uv.use(pair.front.pypi).keep_cache().install("cached-py==1.0").must()

    take_back(pair, "pypi/cached-py@1.0")

    assert refused(pip.uninstall().install("cached-py==1.0"))
    assert refused(uv.uninstall().install("cached-py==1.0"))
    assert pip.install("cached-py").failed
    assert refused(uv.install("cached-py"))


@pytest.mark.long
@pytest.mark.parametrize("kind", [Yarn1, Yarn4, Bun], ids=lambda kind: kind.name)
def test_yarn_and_bun_install_a_pin_from_the_cache_and_find_nothing_anew(
    pair: Pair, tmp_path: Path, kind: type[NodeClient]
) -> None:
    name = f"cached-by-{kind.name}"
    pair.publish_npm(name, "1.0.0")
    client = kind(tmp_path / "client").use(pair.front.npm)
    client.add(name).must()

    take_back(pair, f"npm/{name}@1.0.0")

    client.uninstall().install_frozen().must()
    assert client.installed(name) == "1.0.0"
    assert client.uninstall().unlock().add(name).failed


@pytest.mark.long
def test_poetry_and_cargo_install_a_pin_from_the_cache_and_are_refused_anew(
    pair: Pair, poetry: Poetry, cargo: Cargo
) -> None:
    pair.publish_wheel("cached-poems", "1.0")
    pair.publish_crate("cached-crate", "1.0.0")
    poetry.use(pair.front.pypi).want("cached-poems").run("install").must()
    cargo.use(pair.front.cargo).package("the-project", "0.1.0", {"cached-crate": "1"}).run("fetch").must()

    take_back(pair, "pypi/cached-poems@1.0", "cargo/cached-crate@1.0.0")

    poetry.uninstall().run("install").must()
    assert poetry.installed("cached-poems") == "1.0"
    cargo.run("fetch", "--locked").must()
    (poetry.project / "poetry.lock").unlink()
    (cargo.project / "Cargo.lock").unlink()
    assert poetry.run("install").failed
    assert cargo.run("fetch").failed
