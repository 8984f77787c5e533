"""Read the package.json of an npm tarball: what the release says of itself, and where it runs code.

npm removes the first folder of every member's name, whatever it is called, so a second top folder would
be laid over the first. Source: pacote, lib/fetcher.js (`strip: 1`); npm packs below `package/`.
"""

from __future__ import annotations

from typing import Any

import orjson

from pratique.core.artifacts import Manifest
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, InvalidName
from pratique.core.ports import ReadAt
from pratique.ecosystems.npm import names, versions
from pratique.ecosystems.npm.package_json import with_found
from pratique.ecosystems.npm.scripts import execution_points
from pratique.formats.archive import Member, walk_tar_gz

_BINDING_GYP = "binding.gyp"
_SHRINKWRAP = "npm-shrinkwrap.json"
MAX_DEPTH = 64
"""Levels of nesting in package.json; real ones have fewer than ten."""

_BOM = b"\xef\xbb\xbf"


def read_manifest(filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
    """Read what a tarball says of itself.

    Raises:
        Invalid: no .tgz, broken, hostile, or without exactly one readable package.json.
        TooLarge: over a limit.
    """
    if not filename.endswith((".tgz", ".tar.gz")):
        raise Invalid(f"{filename[:100]!a} is no npm tarball: its name must end in .tgz")
    content, paths = _scan(artefact, limits)
    if content is None:
        raise Invalid("the tarball has no package.json in its top folder; build it with `npm pack`")
    stated = _package_json(content)
    name, version = _name(stated), _version(stated)
    beside = {path.lower() for path in paths if "/" not in path}
    points = execution_points(stated, has_binding_gyp=_BINDING_GYP in beside)
    fields = with_found(stated, paths, has_shrinkwrap=_SHRINKWRAP in beside)
    return Manifest(name=name, version=version, fields=fields, execution_points=points)


def _scan(artefact: ReadAt, limits: ArchiveLimits) -> tuple[bytes | None, list[str]]:
    """Walk the whole tarball: package.json's bytes, and the paths of all files below the top folder."""
    top, content, paths = "", None, []
    for member in walk_tar_gz(artefact, limits):
        folder, _, path = member.name.partition("/")
        top = top or folder
        _check_place(member, top, path)
        if path.lower() == "package.json":
            content = _only_package_json(member, content)
        if member.kind == "file":
            paths.append(path)
    return content, paths


def _check_place(member: Member, top: str, path: str) -> None:
    folder = member.name.partition("/")[0]
    if folder != top:
        raise Invalid(
            f"the tarball has two top folders, {top[:80]!a} and {folder[:80]!a}; npm would lay one over "
            "the other. Build it with `npm pack`"
        )
    if not path and member.kind != "directory":
        raise Invalid(f"the tarball has {folder[:80]!a} outside of a top folder; build it with `npm pack`")
    if member.kind == "symlink":
        climbs = len([segment for segment in member.target.split("/") if segment == ".."])
        if climbs > path.count("/"):
            raise Invalid(f"the tarball has a link {path[:80]!a} that leads out of the package; remove it")
    if member.kind == "hardlink" and member.target.partition("/")[0] not in (top, "."):
        raise Invalid(f"the tarball has a link {path[:80]!a} that leads out of the package; remove it")


def _only_package_json(member: Member, content: bytes | None) -> bytes:
    if content is not None or not member.name.endswith("/package.json"):
        raise Invalid(
            "the tarball must have exactly one package.json, spelled so, in its top folder; "
            "file systems that ignore case would mix up others"
        )
    if member.kind != "file":
        raise Invalid("package.json in the tarball is not a plain file; build it with `npm pack`")
    return member.read()


def _package_json(content: bytes) -> dict[str, Any]:
    try:
        fields = orjson.loads(content.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        raise Invalid(f"package.json in the tarball is not UTF-8 JSON: {error.msg}") from error
    if not isinstance(fields, dict):
        raise Invalid("package.json in the tarball must be a JSON object")
    if _is_deeper(fields, MAX_DEPTH):
        raise Invalid(f"package.json in the tarball is nested deeper than {MAX_DEPTH} levels")
    return fields


def _is_deeper(value: dict[str, Any], levels: int) -> bool:
    layer: list[Any] = [value]
    for _ in range(levels):
        nested = [each.values() if isinstance(each, dict) else each for each in layer if isinstance(each, dict | list)]
        layer = [item for items in nested for item in items]
    return any(isinstance(each, dict | list) for each in layer)


def _name(fields: dict[str, Any]) -> str:
    name = fields.get("name")
    if not isinstance(name, str):
        raise InvalidName("package.json in the tarball has no `name`; add one")
    return names.canonical(name)


def _version(fields: dict[str, Any]) -> str:
    version = fields.get("version")
    if not isinstance(version, str):
        raise Invalid("package.json in the tarball has no `version`; add one such as 1.0.0")
    try:
        return versions.clean(version)
    except ValueError as error:
        raise Invalid(f"the version in the tarball's package.json cannot be read: {error}") from error
