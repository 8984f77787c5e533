"""The drivers and package builders themselves: what they make, the stock clients take."""

from __future__ import annotations

from pathlib import Path

from tests.harness import packages
from tests.harness.clients import Npm, Pip, Uv
from tests.harness.plain_registry import PlainRegistry


def test_npm_installs_a_built_tarball(npm: Npm, tmp_path: Path) -> None:
    (tmp_path / "left.tgz").write_bytes(packages.npm_tarball("left", "1.2.3"))

    npm.run("install", "--offline", str(tmp_path / "left.tgz")).must()

    assert npm.installed("left") == "1.2.3"


def test_pip_and_uv_install_a_built_wheel(pip: Pip, uv: Uv, tmp_path: Path) -> None:
    filename, content = packages.wheel("Left-Pad", "1.0")
    (tmp_path / filename).write_bytes(content)

    pip.use("http://127.0.0.1:9/main/pypi").install(str(tmp_path / filename)).must()
    uv.use("http://127.0.0.1:9/main/pypi").install(str(tmp_path / filename)).must()

    assert pip.installed("left-pad") == uv.installed("left-pad") == "1.0"


def test_clients_install_from_the_plain_registry_and_it_remembers_what_it_was_asked(npm: Npm, pip: Pip) -> None:
    with PlainRegistry() as registry:
        registry.npm("@acme/left", "1.0.0")
        registry.wheel("left-pad", "1.0")

        npm.use(f"{registry.url}/npm").run("install", "@acme/left").must()
        pip.use(f"{registry.url}/pypi").install("left-pad").must()

    assert (npm.installed("@acme/left"), pip.installed("left-pad")) == ("1.0.0", "1.0")
    assert registry.downloads("left-1.0.0.tgz") == 1


def test_clients_see_nothing_of_this_machines_configuration(npm: Npm, pip: Pip) -> None:
    listed = npm.use("http://127.0.0.1:9/main/npm").run("config", "list", "--json").must().stdout

    assert '"registry": "http://127.0.0.1:9/main/npm/"' in listed
    assert pip.use("http://127.0.0.1:9/main/pypi").run("config", "list").must().stdout.count("http://127.0.0.1:9") == 1


def test_the_same_arguments_build_the_same_bytes() -> None:
    assert packages.wheel("x", "1") == packages.wheel("x", "1")
    assert packages.sdist("x", "1") == packages.sdist("x", "1")
    assert packages.npm_tarball("x", "1.0.0") == packages.npm_tarball("x", "1.0.0")
