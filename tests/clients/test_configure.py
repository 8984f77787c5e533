"""`pratique configure`: one command points a client here, another puts everything back as it was."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.harness.clients import Npm, Pip, Uv, program
from tests.harness.node_clients import Pnpm
from tests.harness.pair import Pair
from tests.harness.process import Result, run
from tests.harness.server import PRATIQUE


def configure(client: Npm | Pnpm | Pip | Uv, *arguments: str) -> Result:
    """`pratique configure` in the client's home and project."""
    return run([PRATIQUE, "configure", *arguments], client.project, client.environment)


def test_npm_installs_after_configure_and_forgets_it_after_undo(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("configured", "1.0.0")
    npm.settings.write_text("# mine\nfund=false\n")
    before = npm.settings.read_bytes()

    configure(npm, "npm", "--server", pair.front.url).must()
    npm.run("install", "configured").must()
    assert npm.installed("configured") == "1.0.0"
    assert "# mine\nfund=false\n" in npm.settings.read_text()

    configure(npm, "npm", "--undo").must()
    assert npm.settings.read_bytes() == before


def test_configuring_twice_changes_nothing_more(pair: Pair, npm: Npm) -> None:
    configure(npm, "npm", "--server", pair.front.url).must()
    once = npm.settings.read_bytes()

    configure(npm, "npm", "--server", pair.front.url).must()

    assert npm.settings.read_bytes() == once


def test_pip_installs_after_configure_and_forgets_it_after_undo(pair: Pair, pip: Pip) -> None:
    pair.publish_wheel("configured-py", "1.0")

    configure(pip, "pip", "--server", pair.front.url).must()
    pip.install("configured-py").must()
    assert pip.installed("configured-py") == "1.0"

    configure(pip, "pip", "--undo").must()
    assert pair.front.url not in pip.run("config", "list").shown


def test_uv_installs_after_configure_and_forgets_it_after_undo(pair: Pair, uv: Uv) -> None:
    pair.publish_wheel("configured-uv", "1.0")

    configure(uv, "uv", "--server", pair.front.url).must()
    uv.run("pip", "install", "--python", sys.executable, "--target", str(uv.site), "configured-uv").must()
    assert uv.installed("configured-uv") == "1.0"

    configure(uv, "uv", "--undo").must()
    left = [path for path in uv.home.rglob("*") if path.is_file() and b"127.0.0.1" in path.read_bytes()]
    assert not [path for path in left if path.name in ("uv.toml", "pyproject.toml")]


@pytest.mark.parametrize("client", ["npm", "uv"])
def test_a_project_can_be_pointed_here_alone(pair: Pair, tmp_path: Path, client: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "package.json").write_text('{"name": "p", "version": "1.0.0"}')
    (project / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1.0"\n')
    driver = Npm(tmp_path / "client") if client == "npm" else Uv(tmp_path / "client")

    configure(driver, client, "--project", str(project), "--server", pair.front.url).must()

    changed = [path.name for path in project.iterdir() if pair.front.url in path.read_text()]
    assert changed
    assert program(client)


def stock_pnpm(folder: Path, pair: Pair) -> Pnpm:
    """pnpm with all its defaults, told only what `configure` tells it."""
    pnpm = Pnpm(folder)
    pnpm.environment.pop("PNPM_CONFIG_MINIMUM_RELEASE_AGE")
    said = configure(pnpm, "pnpm", "--server", pair.front.url, "--token", pair.user).must().shown
    assert "pnpm's own minimumReleaseAge is off" in said
    return pnpm


def test_stock_pnpm_publishes_installs_at_once_and_hears_of_what_is_revoked(pair: Pair, tmp_path: Path) -> None:
    for version in ("1.0.0", "1.1.0"):
        pair.publish_npm("stock-public", version)
    author, pnpm = stock_pnpm(tmp_path / "author", pair), stock_pnpm(tmp_path / "pnpm", pair)
    author.manifest.pop("private")
    author.write_manifest(name="@stock/own", version="1.0.0", main="index.js", description="Inert", license="MIT")
    author.write({"index.js": "module.exports = 1;\n"}).publish().must()

    pnpm.add("@stock/own", "stock-public").must()
    assert (pnpm.installed("@stock/own"), pnpm.installed("stock-public")) == ("1.0.0", "1.1.0")
    assert not (pnpm.project / "pnpm-workspace.yaml").exists(), "pnpm did not have to exempt anything by itself"

    for purl in ("pkg:npm/%40stock/own@1.0.0", "pkg:npm/stock-public@1.1.0"):
        pair.front.cli("revoke", purl, "--reason", "steals tokens").must()
    pnpm.uninstall().unlock()
    own = pnpm.add("@stock/own")
    assert own.failed
    assert "Blocked by policy revoked" in " ".join(own.shown.split())
    pnpm.write_manifest(dependencies={})
    pnpm.add("stock-public").must()
    assert pnpm.installed("stock-public") == "1.0.0"


def test_where_npm_has_dropped_our_marks_its_own_commands_take_our_lines_out(pair: Pair, npm: Npm) -> None:
    npm.settings.write_text("fund=false\n")
    configure(npm, "npm", "--server", pair.front.url, "--token", pair.user).must()
    npm.run("config", "set", "audit=false").must()

    undone = configure(npm, "npm", "--undo")

    assert undone.failed
    commands = re.findall(r"`npm ([^`]+)`", undone.shown)
    assert next(iter(commands)).endswith(" registry")
    for command in commands:
        npm.run(*command.split()).must()
    left = npm.settings.read_text()
    assert (pair.front.url in left, pair.user in left, "fund=false" in left) == (False, False, True)
