"""What a packument says of a release against the package.json in its tarball.

The npm registry shows what the publishing client said and never looked into the tarball; scanners and people read the
packument, npm installs the tarball. Source: the manifest confusion reports of 2023.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pratique.core.artifacts import FileView, Manifest
from pratique.core.differences import Difference, difference
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import TooLarge
from pratique.core.ports import ReadAt
from pratique.ecosystems.npm.archive import read_manifest
from pratique.ecosystems.npm.package_json import normal_bin, normal_bundle, normal_dependencies
from pratique.ecosystems.npm.scripts import INSTALL_SCRIPTS, execution_points
from pratique.formats.first_look import first_look

WHOLE = 200 << 20
"""Bytes of a tarball up to which it is looked into to be compared."""

_PLAIN_FIELDS = ("cpu", "engines", "optionalDependencies", "os", "peerDependencies")
_IMPLICIT_BUILD = "node-gyp rebuild"


def compare_listed(project: str, file: FileView, artefact: ReadAt, limits: ArchiveLimits) -> tuple[Difference, ...]:
    """See `core.ecosystem_verbs.ComparesListed`. Fields that change what is installed or run are compared.

    Raises:
        Invalid: broken or hostile.
        TooLarge: over a limit, or over `WHOLE`.
    """
    if artefact.size > WHOLE:
        raise TooLarge(f"tarballs of more than {WHOLE} bytes are not looked into when they are fetched")
    manifest = read_manifest(file.filename, artefact, first_look(limits))
    return tuple(sorted(_differing(project, file, manifest), key=lambda one: one.field))


def _differing(project: str, file: FileView, manifest: Manifest) -> Iterator[Difference]:
    stated, found = {"name": project, **file.raw}, manifest.fields
    for field, listed, true in (("name", project, manifest.name), ("version", file.version, manifest.version)):
        if listed != true:
            yield difference(field, listed, true)
    for field in _PLAIN_FIELDS:
        if _plain(stated.get(field)) != _plain(found.get(field)):
            yield difference(field, stated.get(field), found.get(field))
    for field, normal in (
        ("bin", normal_bin),
        ("bundleDependencies", normal_bundle),
        ("dependencies", normal_dependencies),
    ):
        if normal(stated) != normal(found):
            yield difference(field, normal(stated), normal(found))
    if _scripts(stated) != _scripts(found):
        yield difference("scripts", _scripts(stated), _scripts(found))
    elif set(execution_points(stated)) != set(manifest.execution_points):
        yield difference("scripts", sorted(execution_points(stated)), sorted(manifest.execution_points))


def _plain(value: Any) -> Any:
    """Nothing in any form is nothing, and one word is a list of one."""
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return value or None


def _scripts(package: Mapping[str, Any]) -> dict[str, Any] | None:
    """What runs at installation, without the build that npm starts by itself; None where they are not stated."""
    scripts = package.get("scripts")
    stated = scripts if isinstance(scripts, Mapping) else {}
    found = {name: stated[name] for name in INSTALL_SCRIPTS if stated.get(name)}
    if found.get("install") == _IMPLICIT_BUILD:
        del found["install"]
    return found
