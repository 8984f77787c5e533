"""Bring package.json fields into the one form that indexes carry, as npm's own client does before publishing.

Source: @npmcli/package-json, lib/normalize.js; npm-normalize-package-bin, lib/index.js.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

from pratique.ecosystems.npm.names import base_name


def normal_bin(package: Mapping[str, Any]) -> dict[str, str]:
    """Commands as name to path, whatever form `bin` has; empty where there are none."""
    stated = package.get("bin")
    if isinstance(stated, str):
        stated = {base_name(str(package.get("name", ""))): stated}
    elif isinstance(stated, list):
        stated = {posixpath.basename(path): path for path in stated if isinstance(path, str)}
    if not isinstance(stated, Mapping):
        return {}
    commands = {_command(name): _inside(path) for name, path in stated.items() if isinstance(path, str)}
    return {name: path for name, path in commands.items() if name and path}


def normal_bundle(package: Mapping[str, Any]) -> list[str]:
    """Names of bundled dependencies; `true` means all of `dependencies`."""
    stated = package.get("bundleDependencies", package.get("bundledDependencies"))
    if stated is True:
        stated = package.get("dependencies")
    names = stated if isinstance(stated, list | Mapping) else []
    return sorted(name for name in names if isinstance(name, str))


def normal_dependencies(package: Mapping[str, Any]) -> dict[str, Any]:
    """`dependencies` without those that `optionalDependencies` states again, which win."""
    stated, optional = package.get("dependencies"), package.get("optionalDependencies")
    if not isinstance(stated, Mapping):
        return {}
    left_out = optional if isinstance(optional, Mapping) else {}
    return {name: wanted for name, wanted in stated.items() if name not in left_out}


def with_found(fields: Mapping[str, Any], paths: Iterable[str], *, has_shrinkwrap: bool) -> dict[str, Any]:
    """A package.json completed with what only the tarball's other files tell.

    Args:
        fields: package.json as written.
        paths: files of the package; those below `directories.bin` are commands if `bin` names none.
        has_shrinkwrap: there is an npm-shrinkwrap.json, whatever package.json says of it.
    """
    complete = {key: value for key, value in fields.items() if key != "_hasShrinkwrap"}
    if has_shrinkwrap:
        complete["_hasShrinkwrap"] = True
    directories = fields.get("directories")
    folder = directories.get("bin") if isinstance(directories, Mapping) else None
    if isinstance(folder, str) and folder and not fields.get("bin"):
        below = _inside(folder).rstrip("/") + "/"
        found = [path for path in paths if path.startswith(below) and "/." not in path[len(below) - 1 :]]
        complete["bin"] = {posixpath.basename(path): path for path in found}
    return complete


def index_entry(fields: Mapping[str, Any], name: str, version: str) -> dict[str, Any]:
    """A package.json as a packument carries it, without `dist`."""
    entry = {**fields, "name": name, "version": version, "_id": f"{name}@{version}"}
    entry.pop("bundledDependencies", None)
    for key, normal in (("bin", normal_bin(fields)), ("bundleDependencies", normal_bundle(fields))):
        if normal:
            entry[key] = normal
        else:
            entry.pop(key, None)
    return entry


def _command(name: str) -> str:
    return _inside(posixpath.basename(name.replace("\\", "/").replace(":", "/")))


def _inside(path: str) -> str:
    """The path below the package's folder; `..` cannot lead out of it."""
    return posixpath.join("/", posixpath.normpath("/" + path.replace("\\", "/"))).lstrip("/")
