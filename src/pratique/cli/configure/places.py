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
