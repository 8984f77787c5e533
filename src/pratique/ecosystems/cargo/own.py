"""Own crates as an index lists them, built from the Cargo.toml inside."""

from __future__ import annotations

from typing import Any

import msgspec

from pratique.core.artifacts import FileView, Manifest, OwnFile, ProjectView
from pratique.core.names import ProjectKey
from pratique.ecosystems.cargo.cargo_toml import PUBLIC_INDEX

_SHORT = 500
"""Characters of a description that a search shows."""


def indexed(manifest: Manifest) -> Manifest:
    """What a line states, and the beginning of the description for searches."""
    described = manifest.fields.get("description")
    kept: dict[str, Any] = {"index": manifest.fields["index"]}
    if isinstance(described, str):
        kept["description"] = described[:_SHORT]
    return msgspec.structs.replace(manifest, fields=kept)


_NOTHING: dict[str, Any] = {"deps": [], "features": {}}
"""In place of what an index carries, where a file is only decided on."""


def own_file(file: OwnFile) -> FileView:
    """An own crate as a listed file; `write_listing` fills in checksum, time and yank."""
    fields = file.manifest.fields.get("index", _NOTHING)
    raw = {"name": file.manifest.name, **fields, "deps": [_dependency(one) for one in fields["deps"]]}
    return FileView(
        filename=file.filename,
        version=file.version,
        digests=file.digests,
        size=file.size,
        published=file.published,
        yanked=file.yanked,
        execution_points=file.manifest.execution_points,
        raw=raw,
    )


def own_project(key: ProjectKey, files: tuple[FileView, ...], _tags: dict[str, str]) -> ProjectView:
    """An own crate's index has no fields besides its lines."""
    return ProjectView(key=key, files=files)


def _dependency(stated: dict[str, Any]) -> dict[str, Any]:
    """In Cargo.toml no registry means the public one, in an index this one."""
    return {**stated, "registry": stated["registry"] or PUBLIC_INDEX}
