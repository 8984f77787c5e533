"""A server that a private authority certifies: `pratique configure --ca` has each client install from it.

Clients with age gates of their own install at once what is ours, and only that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pratique.cli.main import main
from tests.harness import packages
from tests.harness.cargo_client import Cargo
from tests.harness.certificates import Authority
from tests.harness.clients import Npm, Pip, Twine, Uv
from tests.harness.node_clients import Bun, NodeClient, Pnpm, Yarn1, Yarn4
from tests.harness.pair import Pair, Registry
from tests.harness.python_projects import Poetry

GATED = {
    "pnpm": (
        Pnpm,
        ".config/pnpm/config.yaml",
        "minimumReleaseAge: 1440\nminimumReleaseAgeStrict: true\nfetchRetries: 0\n",
    ),
    "yarn": (Yarn4, ".yarnrc.yml", "nodeLinker: node-modules\nenableTelemetry: false\nhttpRetry: 0\n"),
    "bun": (Bun, ".config/.bunfig.toml", "[install]\nminimumReleaseAge = 86400\n"),
}
"""Where each keeps its settings, and what has its gate refuse what was published just now; yarn's does by itself."""

Client = NodeClient | Npm | Pip | Uv | Cargo | Poetry


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def pair(public_registry: Registry, tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Pair]:
    """The front speaks https, and holds own projects that were published just now, one below a reserved scope."""
    both = Pair(tmp_path_factory.mktemp("pair"), public_registry, authority=authority)
    try:
        both.front.cli("reserve", "npm", "@acme/*", "--reason", "ours").must()
        for name in ("@acme/newborn", "newborn"):
            both.publish_own_npm(name, "1.0.0")
        both.publish_own_wheel("newborn-py", "1.0")
        both.publish_crate("certified-crate", "1.0.0")
        yield both
    finally:
        both.stop()


class Configure:
    """`pratique configure` as a user of the client would give it, in this process."""

    def __init__(
        self, pair: Pair, authority: Authority, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.server = ["--server", pair.front.url, "--ca", str(authority.path), "--token", pair.user]
        self._token, self._capsys, self._monkeypatch = pair.user, capsys, monkeypatch

    def __call__(self, client: Client, *arguments: str) -> str:
        """What it says, which is never the token."""
        with self._monkeypatch.context() as patch:
            for name in list(os.environ):
                patch.delenv(name)
            for name, value in client.environment.items():
                patch.setenv(name, value)
            code = main(["configure", *arguments])
        said = self._capsys.readouterr()
        assert code == 0, said.err
        assert self._token not in said.out
        return said.out


@pytest.fixture
def configure(
    pair: Pair, authority: Authority, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Configure:
    return Configure(pair, authority, capsys, monkeypatch)


@pytest.mark.parametrize("name", GATED)
def test_what_is_ours_passes_the_clients_own_age_gate_and_nothing_else_does(
    configure: Configure, tmp_path: Path, name: str
) -> None:
    kind, place, before = GATED[name]
    client = kind(tmp_path)
    client.environment.pop("PNPM_CONFIG_MINIMUM_RELEASE_AGE", None)
    (client.project / "yarn.lock").touch()
    settings = client.home / place
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(before)

    said = configure(client, name, *configure.server)
    client.add("@acme/newborn", "newborn").must()

    assert (client.installed("@acme/newborn"), client.installed("newborn")) == ("1.0.0", "1.0.0")
    assert f"exempt from {name}'s own" in said
    assert ("@acme/newborn" if kind is Bun else "@acme/*") in said
    settings.write_text(settings.read_text().replace("newborn", "other").replace("@acme/*", "@other/*"))
    assert client.forget().add("newborn").failed, "the gate stands, and what is not ours waits"

    configure(client, name, "--undo")
    assert settings.read_text() == before
    assert not (settings.parent / "auth.ini").exists()


def test_yarn_1_installs_what_is_ours_and_forgets_it_again(configure: Configure, yarn1: Yarn1) -> None:
    configure(yarn1, "yarn1", *configure.server)
    yarn1.add("newborn").must()
    assert yarn1.installed("newborn") == "1.0.0"

    configure(yarn1, "yarn1", "--undo")
    assert not yarn1.settings.exists()
    assert not (yarn1.home / ".yarnrc").exists()


def test_npm_trusts_the_server_and_did_not_before(configure: Configure, pair: Pair, npm: Npm) -> None:
    npm.use(pair.front.npm)
    assert "unable to verify the first certificate" in npm.run("install", "newborn").shown

    configure(npm, "npm", *configure.server)
    npm.run("install", "newborn").must()

    assert npm.installed("newborn") == "1.0.0"


def test_pip_and_uv_install_what_is_ours(configure: Configure, authority: Authority, pip: Pip, uv: Uv) -> None:
    configure(pip, "pip", *configure.server)
    pip.install("newborn-py").must()
    assert pip.installed("newborn-py") == "1.0"

    said = configure(uv, "uv", *configure.server)
    assert f"export SSL_CERT_FILE={authority.path}" in said
    uv.environment |= {"SSL_CERT_FILE": str(authority.path), "UV_EXCLUDE_NEWER": "1 day"}
    uv.run("pip", "install", "--python", sys.executable, "--target", str(uv.site), "newborn-py").must()
    assert uv.installed("newborn-py") == "1.0"


def test_poetry_locks_what_is_ours_and_forgets_it_again(configure: Configure, poetry: Poetry) -> None:
    settings = poetry.home / ".config" / "pypoetry" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[solver]\nmin-release-age = 3\n")
    poetry.want("newborn-py>=1")
    project, shared = str(poetry.project), poetry.project / "pyproject.toml"
    before = shared.read_bytes()

    configure(poetry, "poetry", *configure.server)
    said = configure(poetry, "poetry", "--project", project, *configure.server)
    poetry.run("lock").must()

    assert poetry.locked("newborn-py") == "1.0"
    assert "exempt from poetry's own min-release-age: newborn-py" in said
    configure(poetry, "poetry", "--project", project, "--undo")
    configure(poetry, "poetry", "--undo")
    assert (shared.read_bytes(), settings.read_text()) == (before, "[solver]\nmin-release-age = 3\n")
    assert not (poetry.project / "poetry.toml").exists()


def test_cargo_trusts_the_server(configure: Configure, cargo: Cargo) -> None:
    cargo.package("the-project", "0.1.0", {"certified-crate": '{ version = "1" }'})

    configure(cargo, "cargo", *configure.server)
    cargo.run("generate-lockfile").must()

    assert cargo.locked("certified-crate") == "1.0.0"


def test_twine_trusts_the_server_by_its_own_variable(pair: Pair, authority: Authority, twine: Twine) -> None:
    filename, content = packages.wheel("uploaded", "1.0")
    (twine.folder / filename).write_bytes(content)
    twine.environment["TWINE_CERT"] = str(authority.path)

    twine.upload(pair.front.pypi, pair.user, twine.folder / filename).must()


def test_pratique_itself_trusts_the_server(
    pair: Pair, authority: Authority, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    afar = ["explain", "pkg:npm/newborn@1.0.0", "--server", pair.front.url, "--token", pair.front.token("asker")]

    assert main(afar) == 1
    assert "--ca or PRATIQUE_CA names the file of a private authority" in capsys.readouterr().err
    assert main([*afar, "--ca", str(authority.path)]) == 0
    monkeypatch.setenv("PRATIQUE_CA", str(authority.path))
    assert main(afar) == 0
