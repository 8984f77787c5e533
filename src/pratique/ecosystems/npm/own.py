"""Own releases as a packument carries them, built from what stands inside the tarball."""

from __future__ import annotations

from typing import Any

import msgspec

from pratique.core.artifacts import FileView, Manifest, OwnFile, ProjectView
from pratique.core.clock import to_iso
from pratique.core.names import ProjectKey
from pratique.ecosystems.npm.hidden import unmarked
from pratique.ecosystems.npm.integrity import write_integrity
from pratique.ecosystems.npm.package_json import index_entry
from pratique.ecosystems.npm.scripts import execution_points
from pratique.ecosystems.npm.versions import newest_first

_PROJECT_FIELDS = (
    "description",
    "homepage",
    "keywords",
    "repository",
    "author",
    "bugs",
    "license",
    "contributors",
)
_YANKED = "this release was withdrawn by its publisher"


_NOT_IN_INDEX = frozenset({"readme", "readmeFilename"})
"""A packument has these once, for the whole project; in every version they would be most of it."""


def indexed(manifest: Manifest) -> Manifest:
    """The package.json without its readme: a packument carries all else, and `npm view` shows every field."""
    kept = {field: value for field, value in manifest.fields.items() if field not in _NOT_IN_INDEX}
    return msgspec.structs.replace(manifest, fields=kept)


def own_file(file: OwnFile) -> FileView:
    """An own tarball as a listed file; a yanked one is marked deprecated, npm has no other word for it."""
    entry = unmarked(index_entry(file.manifest.fields, file.manifest.name, file.version))
    entry["dist"] = _dist(file)
    if file.manifest.execution_points:
        entry["hasInstallScript"] = True
    if "install" in file.manifest.execution_points and "install" not in execution_points(entry):
        entry["gypfile"] = True
    _set_message(entry, file)
    return FileView(
        filename=file.filename,
        version=file.version,
        digests=file.digests,
        size=file.size,
        published=file.published,
        yanked=file.yanked,
        execution_points=file.manifest.execution_points,
        raw=entry,
    )


def _set_message(entry: dict[str, Any], file: OwnFile) -> None:
    """What npm prints while it installs: what was said last, else why it was yanked, else what package.json says."""
    if file.deprecated is not None:
        entry.pop("deprecated", None)
    message = file.deprecated or ((file.yanked or _YANKED) if file.yanked is not None else "")
    if message:
        entry["deprecated"] = message


def own_project(key: ProjectKey, files: tuple[FileView, ...], tags: dict[str, str]) -> ProjectView:
    """An own project around its files; what describes it comes from the release that `latest` names."""
    raw: dict[str, Any] = {"_id": key.name, "name": key.name}
    by_version = {file.version: file for file in files}
    kept = [file.version for file in files if file.unpublished is None]
    newest = tags.get("latest") or next(iter(newest_first(kept)), "")
    if newest in by_version:
        described = by_version[newest].raw
        raw |= {field: described[field] for field in _PROJECT_FIELDS if field in described}
    published = [file.published for file in files if file.published is not None]
    if published:
        raw["time"] = {"created": to_iso(min(published)), "modified": to_iso(max(published))}
    return ProjectView(key=key, files=files, tags=dict(tags), raw=raw)


def _dist(file: OwnFile) -> dict[str, Any]:
    """What is known of the bytes; `write_listing` fills in the address."""
    dist: dict[str, Any] = {"tarball": "", "integrity": write_integrity(file.digests)}
    if file.digests.sha1:
        dist["shasum"] = file.digests.sha1
    if file.signatures:
        dist["signatures"] = [{"keyid": one.key_id, "sig": one.value} for one in file.signatures]
    return {key: value for key, value in dist.items() if value or key == "tarball"}
