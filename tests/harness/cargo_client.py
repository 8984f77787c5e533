"""cargo, with a home of its own and a package to build; the toolchain alone is the machine's."""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.harness.clients import program
from tests.harness.process import Result, run, stranger


class Cargo:
    """cargo with a package in a folder."""

    def __init__(self, folder: Path) -> None:
        self.home, self.project = folder / "home", folder / "project"
        self.project.mkdir(parents=True)
        rustup = os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup"))
        self.environment = stranger(self.home, CARGO_HOME=str(self.home / ".cargo"), CARGO_NET_RETRY="0")
        if Path(rustup).is_dir():
            self.environment["RUSTUP_HOME"] = rustup
        self.package("the-project", "0.1.0")

    def use(self, ecosystem_url: str, token: str | None = None) -> Cargo:
        """Know a server, `http://127.0.0.1:7417/main/cargo`, as `reg`; with a token, as one of its members."""
        index = f"{ecosystem_url}/members/index/" if token else f"{ecosystem_url}/index/"
        provider = 'credential-provider = "cargo:token"\n' if token else ""
        self._configure(f'[registries.reg]\nindex = "sparse+{index}"\n{provider}')
        if token:
            self._write(self.home / ".cargo" / "credentials.toml", f'[registries.reg]\ntoken = "{token}"\n')
        return self

    def replace_public(self, ecosystem_url: str) -> Cargo:
        """Let the server stand in for the public registry."""
        lines = '[source.crates-io]\nreplace-with = "ours"\n[source.ours]\n'
        self._configure(f'{lines}registry = "sparse+{ecosystem_url}/index/"\n')
        return self

    def package(self, name: str, version: str, dependencies: Mapping[str, Any] = {}, *, more: str = "") -> Cargo:
        """Make the project a package; a dependency is a requirement from `reg`, or a whole TOML value."""
        wanted = (f"{alias} = {_toml(said)}\n" for alias, said in dependencies.items())
        head = f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2021"\n'
        described = 'description = "Inert"\nlicense = "MIT"\n'
        self._write(self.project / "Cargo.toml", f"{head}{described}{more}\n[dependencies]\n{''.join(wanted)}")
        self._write(self.project / "src" / "lib.rs", f'pub const IT: &str = "{name} {version}";\n')
        return self

    def run(self, *arguments: str) -> Result:
        """`cargo ARGUMENTS` in the project."""
        return run([program("cargo"), *arguments], self.project, self.environment)

    def lock(self, name: str, version: str, content: bytes, ecosystem_url: str) -> Cargo:
        """Commit to exact bytes of a crate from `reg`, as a Cargo.lock of the fourth form does."""
        manifest = tomllib.loads((self.project / "Cargo.toml").read_text())["package"]
        source = f"sparse+{ecosystem_url}/index/"
        checksum = hashlib.sha256(content).hexdigest()
        pinned = f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = "{source}"\nchecksum = "{checksum}"\n'
        own = f'name = "{manifest["name"]}"\nversion = "{manifest["version"]}"\ndependencies = ["{name}"]\n'
        self._write(self.project / "Cargo.lock", f"version = 4\n\n{pinned}\n[[package]]\n{own}")
        return self

    def locked(self, name: str) -> str | None:
        """The version of a crate that Cargo.lock pins."""
        packages = tomllib.loads((self.project / "Cargo.lock").read_text()).get("package", [])
        return next((str(one["version"]) for one in packages if one["name"] == name), None)

    def forget(self) -> Cargo:
        """Drop what was downloaded, as a fresh CI machine would; Cargo.lock stays."""
        shutil.rmtree(self.home / ".cargo" / "registry", ignore_errors=True)
        return self

    def _configure(self, text: str) -> None:
        self._write(self.home / ".cargo" / "config.toml", text + '[build]\ntarget-dir = "target"\n')

    def _write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _toml(said: Any) -> str:
    if isinstance(said, str) and not said.startswith("{"):
        return f'{{ version = "{said}", registry = "reg" }}'
    return str(said)
