"""poetry and hatch, each in a temporary home with an empty cache, told of nothing but one server."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from pathlib import Path

from tests.harness.clients import program
from tests.harness.process import Result, run, stranger


class Poetry:
    """poetry with a project, whose only source is one server."""

    def __init__(self, folder: Path) -> None:
        self.home, self.project = folder / "home", folder / "project"
        self.project.mkdir(parents=True)
        self.source = ""
        self.environment = stranger(
            self.home,
            POETRY_VIRTUALENVS_IN_PROJECT="true",
            POETRY_KEYRING_ENABLED="false",
            POETRY_REQUESTS_MAX_RETRIES="0",
        )

    def use(self, ecosystem_url: str, token: str | None = None) -> Poetry:
        """Know one server, `http://127.0.0.1:7417/main/pypi`, as `ours`, and nothing else."""
        self.source = f'[[tool.poetry.source]]\nname = "ours"\nurl = "{ecosystem_url}/simple/"\npriority = "primary"\n'
        self.environment["POETRY_REPOSITORIES_OURS_URL"] = f"{ecosystem_url}/legacy/"
        if token:
            self.environment |= {
                "POETRY_HTTP_BASIC_OURS_USERNAME": "__token__",
                "POETRY_HTTP_BASIC_OURS_PASSWORD": token,
            }
        return self

    def want(self, *requirements: str) -> Poetry:
        """Make the project an application that needs something (`left>=1`)."""
        return self._write_project("the-project", "1.0", requirements, package=False)

    def package(self, name: str, version: str) -> Poetry:
        """Make the project a package, whose built files can be published."""
        return self._write_project(name, version, (), package=True)

    def run(self, *arguments: str) -> Result:
        """`poetry ARGUMENTS` in the project."""
        return run([program("poetry"), "--no-interaction", *arguments], self.project, self.environment)

    def upload(self, folder: Path) -> Result:
        """`poetry publish` of what a folder holds."""
        return self.run("publish", "--repository", "ours", "--dist-dir", str(folder))

    def locked(self, name: str) -> str | None:
        """The version that poetry.lock pins."""
        packages = tomllib.loads((self.project / "poetry.lock").read_text())["package"]
        return next((str(one["version"]) for one in packages if one["name"] == name), None)

    def installed(self, name: str) -> str | None:
        """The version that lies in the project's environment."""
        for path in (self.project / ".venv").rglob(f"{name.replace('-', '_')}-*.dist-info"):
            return path.name.removesuffix(".dist-info").rsplit("-", 1)[1]
        return None

    def _write_project(self, name: str, version: str, requirements: tuple[str, ...], *, package: bool) -> Poetry:
        minor = f"{sys.version_info.major}.{sys.version_info.minor}"
        needs = f'requires-python = ">={minor}"\ndependencies = {json.dumps(requirements)}\n'
        mode = f"[tool.poetry]\npackage-mode = {json.dumps(package)}\n"
        project = f'[project]\nname = "{name}"\nversion = "{version}"\n{needs}{mode}{self.source}'
        (self.project / "pyproject.toml").write_text(project)
        return self

    def forget(self) -> Poetry:
        """Drop the cache and what is installed, as a fresh CI machine would; the lock stays."""
        shutil.rmtree(self.home / ".cache", ignore_errors=True)
        return self.uninstall()

    def uninstall(self) -> Poetry:
        """Drop what is installed; the cache stays warm."""
        shutil.rmtree(self.project / ".venv", ignore_errors=True)
        return self


class Hatch:
    """hatch, uploading files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True)
        self.environment = stranger(folder / "home")

    def upload(self, ecosystem_url: str, token: str, *files: Path) -> Result:
        """`hatch publish` with a token as password."""
        options = ["--repo", f"{ecosystem_url}/legacy/", "--user", "__token__", "--auth", token, "--no-prompt"]
        return run([program("hatch"), "publish", *options, *map(str, files)], self.folder, self.environment)
