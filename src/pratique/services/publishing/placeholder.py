"""Note of an own release that it holds its name and nothing else."""

from __future__ import annotations

from pratique.core.artifacts import Finding, Manifest, Severity
from pratique.core.errors import Invalid, TooLarge
from pratique.core.names import EcosystemId
from pratique.core.ports import ReadAt
from pratique.formats.archive import walk_tar_gz, walk_zip
from pratique.naming.placeholder import MOST_BYTES, PLACEHOLDER, why_placeholder
from pratique.services.ports import PublishLimits

_ZIPS = (".whl", ".zip")


def find_placeholder(
    ecosystem: EcosystemId, filename: str, manifest: Manifest, artefact: ReadAt, limits: PublishLimits
) -> tuple[Finding, ...]:
    """The finding, or none; of an artefact that was read whole before."""
    if artefact.size > MOST_BYTES:
        return ()
    walk = walk_zip if filename.endswith(_ZIPS) else walk_tar_gz
    try:
        members = [(one.name, one.size) for one in walk(artefact, limits.archive) if one.kind == "file"]
    except (Invalid, TooLarge):
        return ()  # of another form than this one; the manifest was read from it all the same
    why = why_placeholder(ecosystem, members, manifest.fields)
    return (Finding(PLACEHOLDER, Severity.NOTE, f"it {why}"),) if why else ()
