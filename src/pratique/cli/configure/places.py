"""Which file of which client is meant."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pratique.core.errors import Invalid, NotFound


def npm_file(environment: Mapping[str, str], project: Path | None) -> Path:
    """`.npmrc` of the project or the user."""
    if project is not None:
        return _folder(project) / ".npmrc"
    named = environment.get("npm_config_userconfig") or environment.get("NPM_CONFIG_USERCONFIG")
    return Path(named) if named else _home(environment) / ".npmrc"


def pip_file(environment: Mapping[str, str], project: Path | None) -> Path:
    """`pip.conf` of the user, or of the project's virtual environment: pip has no file for a project itself.

    Raises:
        Invalid: the project has no virtual environment of its own.

    Source: pip's documentation of configuration files.
    """
    filename = "pip.ini" if sys.platform == "win32" else "pip.conf"
    if project is not None:
        for name in (".venv", "venv"):
            if (_folder(project) / name / "pyvenv.cfg").is_file():
                return project / name / filename
        raise Invalid(
            f'pip has no settings of a project, only of its virtual environment, and there is none in "{project}": '
            "make one with `python -m venv .venv`, or leave --project out to configure pip for yourself"
        )
    named = environment.get("PIP_CONFIG_FILE")
    if named and named != os.devnull:
        return Path(named)
    if sys.platform == "darwin":
        library = _home(environment) / "Library" / "Application Support" / "pip"
        if library.is_dir():
            return library / filename
    return _configuration(environment) / "pip" / filename


def uv_file(environment: Mapping[str, str], project: Path | None) -> Path:
    """The file of uv: the user's; of a project its `uv.toml`, which wins where it exists, else its `pyproject.toml`.

    Source: uv's documentation of configuration files.
    """
    if project is not None:
        own, shared = _folder(project) / "uv.toml", project / "pyproject.toml"
        return shared if shared.is_file() and not own.is_file() else own
    named = environment.get("UV_CONFIG_FILE")
    return Path(named) if named else _configuration(environment) / "uv" / "uv.toml"


def cargo_file(environment: Mapping[str, str], project: Path | None) -> Path:
    """`config.toml` of the project's `.cargo` or of the user's cargo home.

    Source: The Cargo Book, "Configuration", Hierarchical structure.
    """
    if project is not None:
        folder = _folder(project) / ".cargo"
    else:
        named = environment.get("CARGO_HOME")
        folder = Path(named) if named else _home(environment) / ".cargo"
    older = folder / "config"
    return older if older.is_file() else folder / "config.toml"  # where both are, cargo reads the older one


def pnpm_files(environment: Mapping[str, str], project: Path | None) -> tuple[Path, Path | None]:
    """Pnpm's settings, and the file beside it for what it takes from no YAML; a project has the first one only.

    Source: pnpm's documentation of `pnpm config` and of settings (pnpm 11 and later).
    """
    if project is not None:
        return _folder(project) / "pnpm-workspace.yaml", None
    if environment.get("XDG_CONFIG_HOME"):
        folder = Path(environment["XDG_CONFIG_HOME"]) / "pnpm"
    elif sys.platform == "darwin":
        folder = _home(environment) / "Library" / "Preferences" / "pnpm"
    elif sys.platform == "win32":
        folder = Path(environment.get("LOCALAPPDATA") or _home(environment) / "AppData" / "Local") / "pnpm" / "config"
    else:
        folder = _home(environment) / ".config" / "pnpm"
    return folder / "config.yaml", folder / "auth.ini"


def yarn_file(environment: Mapping[str, str], project: Path | None) -> Path:
    """`.yarnrc.yml` of the project or the user. Source: yarn's documentation of yarnrc."""
    folder = _home(environment) if project is None else _folder(project)
    return folder / (environment.get("YARN_RC_FILENAME") or ".yarnrc.yml")


def yarn1_file(environment: Mapping[str, str], project: Path | None) -> Path:
    """`.yarnrc` of the project or the user."""
    return (_home(environment) if project is None else _folder(project)) / ".yarnrc"


def bun_file(environment: Mapping[str, str], project: Path | None) -> Path:
    """`bunfig.toml` of the project, or the user's, which bun looks for in one place only.

    Source: bun's documentation of bunfig.toml; measured with bun 1.4.
    """
    if project is not None:
        return _folder(project) / "bunfig.toml"
    named = environment.get("XDG_CONFIG_HOME")
    return (Path(named) if named else _home(environment)) / ".bunfig.toml"


def poetry_files(environment: Mapping[str, str], project: Path | None) -> tuple[Path | None, Path]:
    """The file with a project's sources, None for the user; and the one with settings.

    Raises:
        NotFound: the project has no `pyproject.toml`.

    Source: poetry's documentation of configuration.
    """
    if project is not None:
        shared = _folder(project) / "pyproject.toml"
        if not shared.is_file():
            raise NotFound(f'there is no pyproject.toml in "{project}": make one with `poetry init`')
        return shared, project / "poetry.toml"
    named = environment.get("POETRY_CONFIG_DIR")
    if named:
        return None, Path(named) / "config.toml"
    if sys.platform == "darwin":
        return None, _home(environment) / "Library" / "Application Support" / "pypoetry" / "config.toml"
    return None, _configuration(environment) / "pypoetry" / "config.toml"


def _folder(project: Path) -> Path:
    if not project.is_dir():
        raise NotFound(f'there is no folder "{project}"')
    return project


def _home(environment: Mapping[str, str]) -> Path:
    home = environment.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    return Path(home) if home else Path.home()


def _configuration(environment: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(environment.get("APPDATA") or _home(environment) / "AppData" / "Roaming")
    return Path(environment.get("XDG_CONFIG_HOME") or _home(environment) / ".config")
