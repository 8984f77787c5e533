"""What a Python artefact says of itself: the door to wheels and source archives."""

from __future__ import annotations

from pratique.core.artifacts import Manifest
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.ecosystems.pypi.sdist import read_sdist
from pratique.ecosystems.pypi.wheel import read_wheel


def read_manifest(filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
    """Read an artefact to its end and return its metadata.

    Raises:
        Invalid: another format; broken, hostile or inconsistent content; another name or version inside.
        TooLarge: over a limit.
    """
    if filename.endswith(".whl"):
        return read_wheel(filename, artefact, limits)
    if filename.endswith(".tar.gz"):
        return read_sdist(filename, artefact, limits)
    raise Invalid(f'"{filename}" is neither a wheel (.whl) nor a source archive (.tar.gz)')
