"""yarn 1, yarn 4, pnpm and bun, each in a temporary home with an empty cache, told of nothing but one server."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tests.harness.clients import NodeProject, program
from tests.harness.process import Result, run


class NodeClient(NodeProject):
    """What the four share: where they read a registry and a token, what a fresh machine lacks, how they are told.

    Attributes:
        frozen: the arguments that install exactly what the lockfile says, as CI does.
        caches: folders below the home that hold what was downloaded.
    """

    name = ""
    frozen: tuple[str, ...] = ()
    caches: tuple[str, ...] = ()
    lockfile = ""

    def use(self, registry: str, token: str | None = None) -> Self:
        """Point the client at a registry, `http://127.0.0.1:7417/main/npm`."""
        lines = [f"registry={registry}/", "fetch-retries=0", "update-notifier=false"]
        if token:
            lines += [f"//{registry.split('://', 1)[1]}/:_authToken={token}", "always-auth=true"]
        self.settings.write_text("\n".join([*lines, ""]))
        return self

    def command(self) -> list[str]:
        """How the program is started."""
        return [program(self.name)]

    def run(self, *arguments: str) -> Result:
        """`CLIENT ARGUMENTS` in the project."""
        return run([*self.command(), *arguments], self.project, self.environment)

    def add(self, *wanted: str) -> Result:
        """Add dependencies (`left@^1.0.0`) and install them."""
        return self.run("add", *wanted)

    def install(self) -> Result:
        """Install what the manifest asks for."""
        return self.run("install")

    def install_frozen(self) -> Result:
        """Install what the lockfile pins, and nothing else."""
        return self.run(*self.frozen)

    def update(self, name: str, wanted: str) -> Result:
        """Ask for another range of a dependency and move it to the newest version of that range."""
        self.write_manifest(dependencies={name: wanted})
        return self.run("update", name)

    def publish(self, *options: str) -> Result:
        """Publish the project."""
        return self.run("publish", *options)

    def locked(self) -> str:
        """The lockfile as it stands."""
        return (self.project / self.lockfile).read_text("utf-8")

    def forget(self) -> Self:
        """Drop the caches and what is installed, as a fresh CI machine would; the lockfile stays."""
        for cache in self.caches:
            shutil.rmtree(self.home / cache, ignore_errors=True)
        return self.uninstall()

    def unlock(self) -> Self:
        """Drop the lockfile and every dependency."""
        (self.project / self.lockfile).unlink()
        self.write_manifest(dependencies={})
        return self


class Yarn1(NodeClient):
    """yarn classic."""

    name = "yarn1"
    frozen = ("install", "--frozen-lockfile")
    caches = (".cache/yarn",)
    lockfile = "yarn.lock"

    def command(self) -> list[str]:
        return [program("node"), program(self.name), "--non-interactive", "--no-progress"]

    def update(self, name: str, wanted: str) -> Result:
        return self.run("upgrade", f"{name}@{wanted}")

    def publish(self, *options: str) -> Result:
        return self.run("publish", "--new-version", str(self.manifest["version"]), *options)


class Yarn4(NodeClient):
    """yarn berry, with node_modules, and without its own age gate, which would judge before the server does."""

    name = "yarn4"
    frozen = ("install", "--immutable")
    caches = (".yarn",)
    lockfile = "yarn.lock"

    def use(self, registry: str, token: str | None = None) -> Self:
        lines = [
            f"npmRegistryServer: {json.dumps(registry)}",
            f"unsafeHttpWhitelist: [{json.dumps(urlsplit(registry).hostname)}]",
            "npmMinimalAgeGate: 0",
            "nodeLinker: node-modules",
            "enableTelemetry: false",
            "httpRetry: 0",
            "enableImmutableInstalls: false",
        ]
        if token:
            lines += [f"npmAuthToken: {json.dumps(token)}", "npmAlwaysAuth: true"]
        (self.home / ".yarnrc.yml").write_text("\n".join([*lines, ""]))
        (self.project / "yarn.lock").touch()
        return self

    def unlock(self) -> Self:
        super().unlock()
        (self.project / self.lockfile).touch()
        return self

    def command(self) -> list[str]:
        return [program("node"), program(self.name)]

    def update(self, name: str, wanted: str) -> Result:
        return self.run("up", f"{name}@{wanted}")

    def publish(self, *options: str) -> Result:
        # What is published must be a project of the lockfile.
        self.install().must()
        return self.run("npm", "publish", *options)


class Pnpm(NodeClient):
    """pnpm."""

    name = "pnpm"
    frozen = ("install", "--frozen-lockfile")
    caches = (".local/share/pnpm", ".cache/pnpm")
    lockfile = "pnpm-lock.yaml"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment |= {"PNPM_CONFIG_FETCH_RETRIES": "0", "PNPM_CONFIG_MINIMUM_RELEASE_AGE": "0"}

    def publish(self, *options: str) -> Result:
        return self.run("publish", "--no-git-checks", *options)


class Bun(NodeClient):
    """bun."""

    name = "bun"
    frozen = ("install", "--frozen-lockfile")
    caches = (".bun",)
    lockfile = "bun.lock"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment |= {"BUN_INSTALL_CACHE_DIR": str(self.home / ".bun" / "cache"), "DO_NOT_TRACK": "1"}
