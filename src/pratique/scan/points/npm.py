"""Where code of an npm package runs. Source: npm docs, "scripts" and "package.json"; node-gyp's README."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.points.commands import run_by
from pratique.scan.points.contract import UNREADABLE, Package, Read, json_manifest, mapping, texts
from pratique.scan.seen import Dependency

_HOOKS = {
    "preinstall": ExecutionPoint.INSTALL,
    "install": ExecutionPoint.INSTALL,
    "postinstall": ExecutionPoint.INSTALL,
    "preprepare": ExecutionPoint.BUILD,
    "prepare": ExecutionPoint.BUILD,
    "postprepare": ExecutionPoint.BUILD,
}
"""`prepare` runs for dependencies from git and for those who work in the package."""

_GROUPS = {
    "dependencies": "run",
    "optionalDependencies": "optional",
    "peerDependencies": "peer",
    "devDependencies": "dev",
}
_RUNS_ANOTHER = re.compile(r"\b(?:npm|pnpm|yarn|bun)(?:\s+run(?:-script)?)?\s+([\w:.-]{1,80})")
_EXPANSION = re.compile(r"<!@?\(([^)\n]{1,2000})")
_MAX_NESTED = 20
_MAX_BUNDLED = 300
_BUNDLED = re.compile(r"(?:.{1,300}/)?node_modules/(?:@[^/]{1,200}/)?[^/@]{1,200}/package\.json")


def read_package(paths: Collection[str], read: Read) -> Package:
    """What a package's package.json and binding.gyp have run."""
    manifest = json_manifest(read("package.json")) if "package.json" in paths else {}
    package = Package(_text(manifest, "name"), _text(manifest, "version"), manifest)
    _scripts(package, manifest, paths)
    _bundled(package, paths, read)
    if "binding.gyp" in paths and manifest.get("gypfile") is not False:
        _native_build(package, paths, (read("binding.gyp") or b"").decode("utf-8", "replace"))
    _entries(package, paths)
    for key, group in _GROUPS.items():
        for name, wanted in mapping(manifest.get(key)).items():
            package.dependencies.append(Dependency(name, str(wanted), group))
    package.people |= set(_people(manifest))
    return package


def _scripts(package: Package, manifest: dict[str, Any], paths: Collection[str], folder: str = "") -> None:
    """What npm runs of a package.json as the package is installed."""
    scripts = {name: text for name, text in mapping(manifest.get("scripts")).items() if isinstance(text, str)}
    for name, point in _HOOKS.items():
        if scripts.get(name):
            package.runs_command(name, point, _expanded(scripts, name), paths, folder)


def _bundled(package: Package, paths: Collection[str], read: Read) -> None:
    """Npm runs the hooks of packages that come along in node_modules, and builds them."""
    inside = sorted(path for path in paths if _BUNDLED.fullmatch(path))
    for path in inside[:_MAX_BUNDLED]:
        manifest, folder = json_manifest(read(path)), path.rpartition("/")[0]
        if UNREADABLE in manifest:
            package.manifest[UNREADABLE] = True
        _scripts(package, manifest, paths, folder)
        if f"{folder}/binding.gyp" in paths and manifest.get("gypfile") is not False:
            package.hooks_in("binding.gyp", ExecutionPoint.INSTALL, f"{folder}/binding.gyp")
    if len(inside) > _MAX_BUNDLED:
        package.manifest[UNREADABLE] = True


def _expanded(scripts: dict[str, str], name: str) -> str:
    """The command of a script with those of the scripts that it runs by `npm run`."""
    done, waiting, parts = {name}, [name], []
    while waiting and len(done) < _MAX_NESTED:
        text = scripts[waiting.pop()]
        parts.append(text)
        for other in _RUNS_ANOTHER.findall(text[:20_000]):
            if other in scripts and other not in done:
                done.add(other)
                waiting.append(other)
    return " && ".join(parts)


def _native_build(package: Package, paths: Collection[str], gyp: str) -> None:
    package.hooks_in("binding.gyp", ExecutionPoint.INSTALL, "binding.gyp")
    for command in _EXPANSION.findall(gyp[:200_000]):
        for path, kind in run_by(command, paths):
            package.runs(path, ExecutionPoint.INSTALL, kind)


def _entries(package: Package, paths: Collection[str]) -> None:
    manifest = package.manifest
    bins = manifest.get("bin")
    for path in texts(bins) + [one for one in mapping(bins).values() if isinstance(one, str)]:
        for file, _ in run_by(path, paths):
            package.runs(file, ExecutionPoint.RUN, FileKind.JAVASCRIPT)
    named = [text for key in ("main", "module", "browser", "jsnext:main") for text in texts(manifest.get(key))]
    named += list(_leaves(manifest.get("exports"), 8)) + list(_leaves(manifest.get("imports"), 8))
    for path in [*named, "index.js"]:
        for file, _ in run_by(path, paths):
            package.runs(file, ExecutionPoint.START, FileKind.JAVASCRIPT)


def _leaves(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one, depth - 1)


def _people(manifest: dict[str, Any]) -> Iterator[str]:
    for key in ("author", "maintainers", "contributors"):
        value = manifest.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield one
            elif isinstance(one, dict) and (one.get("email") or one.get("name")):
                yield str(one.get("email") or one.get("name"))


def _text(manifest: dict[str, Any], key: str) -> str:
    value = manifest.get(key)
    return value if isinstance(value, str) else ""
