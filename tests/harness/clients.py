"""Stock clients, each in a temporary home with an empty cache, told of nothing but one server."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from tests import stock_clients
from tests.harness.process import Result, run, stranger

BIN = Path(sys.executable).parent


def program(name: str) -> str:
    """Where a stock client stands; a missing one fails by name, as a skipped client proves nothing."""
    path = stock_clients.place(name) or shutil.which(name, path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    assert path is not None, f"the stock client {name!r} is not installed here, and this test needs it"
    return str(path)


@dataclass(frozen=True)
class NpmPin:
    """One line of a package-lock.json."""

    name: str
    version: str
    resolved: str
    integrity: str


class NodeProject:
    """What the clients of the npm registry share: a home, and a project folder with a package.json."""

    def __init__(self, folder: Path) -> None:
        self.home, self.project = folder / "home", folder / "project"
        self.project.mkdir(parents=True)
        self.settings = self.home / ".npmrc"
        self.environment = stranger(self.home, npm_config_globalconfig=str(self.home / "etc" / "npmrc"))
        self.manifest: dict[str, Any] = {"name": "the-project", "version": "1.0.0", "private": True}
        self.write_manifest()

    def write_manifest(self, **fields: Any) -> None:
        """Set fields of the project's package.json."""
        self.manifest.update(fields)
        (self.project / "package.json").write_text(json.dumps(self.manifest, indent=2))

    def write(self, files: Mapping[str, str]) -> Self:
        """Put files into the project."""
        for path, text in files.items():
            target = self.project / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return self

    def uninstall(self) -> Self:
        """Drop what is installed; the caches stay warm."""
        shutil.rmtree(self.project / "node_modules", ignore_errors=True)
        return self

    def installed(self, name: str) -> str | None:
        """The version that lies in node_modules."""
        manifest = self.project / "node_modules" / name / "package.json"
        return str(json.loads(manifest.read_text())["version"]) if manifest.is_file() else None


class Npm(NodeProject):
    """npm with a project folder."""

    def use(self, registry: str, token: str | None = None) -> Npm:
        """Point npm at a registry, `http://127.0.0.1:7417/main/npm`."""
        lines = [f"registry={registry}/", "fetch-retries=0", "audit=false", "fund=false", "update-notifier=false"]
        if token:
            lines.append(f"//{registry.split('://', 1)[1]}/:_authToken={token}")
        self.settings.write_text("\n".join([*lines, ""]))
        return self

    def lock(self, *pins: NpmPin) -> Npm:
        """Commit to exact files, as a package-lock.json of the third form does."""
        wanted = {pin.name: pin.version for pin in pins}
        self.write_manifest(dependencies=wanted)
        packages: dict[str, Any] = {"": {"name": "the-project", "version": "1.0.0", "dependencies": wanted}}
        for pin in pins:
            packages[f"node_modules/{pin.name}"] = {
                "version": pin.version,
                "resolved": pin.resolved,
                "integrity": pin.integrity,
            }
        document = {"name": "the-project", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}
        (self.project / "package-lock.json").write_text(json.dumps(document, indent=2))
        return self

    def locked(self) -> dict[str, Any]:
        """The `packages` of the package-lock.json that npm wrote."""
        packages: dict[str, Any] = json.loads((self.project / "package-lock.json").read_text())["packages"]
        return packages

    def run(self, *arguments: str) -> Result:
        """`npm ARGUMENTS` in the project."""
        return run([program("npm"), *arguments], self.project, self.environment)

    def forget(self) -> Npm:
        """Drop the cache and what is installed, as a fresh CI machine would."""
        for path in (self.home / ".npm", self.project / "node_modules"):
            shutil.rmtree(path, ignore_errors=True)
        return self


class PythonClient:
    """What pip and uv share: a folder to install into and one index."""

    def __init__(self, folder: Path) -> None:
        self.home, self.project, self.site = folder / "home", folder / "project", folder / "site"
        self.project.mkdir(parents=True)
        self.environment = stranger(self.home)

    def require(self, lines: Iterable[str]) -> Path:
        """Write requirements.txt."""
        path = self.project / "requirements.txt"
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    def uninstall(self) -> Self:
        """Drop what is installed; a cache that is not switched off stays warm."""
        shutil.rmtree(self.site, ignore_errors=True)
        return self

    def keep_cache(self) -> Self:
        """Switch on what tests switch off: what was downloaded before is found again."""
        for variable in ("PIP_NO_CACHE_DIR", "UV_NO_CACHE"):
            self.environment.pop(variable, None)
        return self

    def installed(self, name: str) -> str | None:
        """The version that lies in the folder."""
        for path in self.site.glob("*.dist-info"):
            project, version = path.name.removesuffix(".dist-info").split("-", 1)
            if project.replace("_", "-").lower() == name.replace("_", "-").lower():
                return version
        return None


class Pip(PythonClient):
    """pip, installing into a folder; the one that this checkout is tested with is the newest."""

    python = sys.executable

    def use(self, ecosystem_url: str, token: str | None = None) -> Pip:
        """Point pip at an index, `http://127.0.0.1:7417/main/pypi`."""
        self.environment |= {
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_INDEX_URL": with_token(f"{ecosystem_url}/simple/", token),
            "PIP_RETRIES": "0",
            "PIP_NO_INPUT": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_CACHE_DIR": "1",
        }
        return self

    def install(self, *arguments: str) -> Result:
        """`pip install ARGUMENTS` into the folder."""
        return self.run("install", "--target", str(self.site), "--no-compile", *arguments)

    def run(self, *arguments: str) -> Result:
        """`pip ARGUMENTS` in the project."""
        return run([self.python, "-m", "pip", *arguments], self.project, self.environment)


class OldestPip(Pip):
    """The oldest pip that is supported: the first that knows yanked releases, which is how a hold is listed."""

    @property
    def python(self) -> str:  # type: ignore[override]
        """The interpreter that has it."""
        return program("pip-oldest")


class Uv(PythonClient):
    """uv, installing into a folder."""

    def use(self, ecosystem_url: str, token: str | None = None) -> Uv:
        """Point uv at an index, `http://127.0.0.1:7417/main/pypi`."""
        self.environment |= {
            "UV_NO_CONFIG": "1",
            "UV_DEFAULT_INDEX": with_token(f"{ecosystem_url}/simple/", token),
            "UV_HTTP_RETRIES": "0",
            "UV_NO_CACHE": "1",
            "UV_PYTHON": sys.executable,
            "UV_PYTHON_DOWNLOADS": "never",
        }
        return self

    def install(self, *arguments: str) -> Result:
        """`uv pip install ARGUMENTS` into the folder."""
        return self.run("pip", "install", "--target", str(self.site), *arguments)

    def publish(self, ecosystem_url: str, token: str, *files: Path) -> Result:
        """`uv publish` to the upload address."""
        return self.run("publish", "--publish-url", f"{ecosystem_url}/legacy/", "--token", token, *map(str, files))

    def run(self, *arguments: str) -> Result:
        """`uv ARGUMENTS` in the project."""
        return run([program("uv"), *arguments], self.project, self.environment)


class Twine:
    """twine, uploading files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = stranger(folder / "home")

    def upload(self, ecosystem_url: str, token: str, *files: Path) -> Result:
        """`twine upload` with a token as password."""
        command = [program("twine"), "upload", "--non-interactive", "--disable-progress-bar", "--verbose"]
        environment = self.environment | {
            "TWINE_REPOSITORY_URL": f"{ecosystem_url}/legacy/",
            "TWINE_USERNAME": "__token__",
            "TWINE_PASSWORD": token,
        }
        return run([*command, *map(str, files)], self.folder, environment)


def with_token(url: str, token: str | None) -> str:
    """The URL with a token as its password, as Python clients take it."""
    if token is None:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"__token__:{token}@{parts.netloc}"))
