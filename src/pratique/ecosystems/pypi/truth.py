"""What an index says of a file against what the file says of itself.

Resolvers believe the index: its `requires-python`, and the separate metadata file that it names. What is installed is
the file. Source: PEP 503, PEP 658, PEP 714.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from pratique.core.artifacts import Digests, FileView, Manifest
from pratique.core.differences import Difference, difference
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.core.ports import ReadAt
from pratique.ecosystems.pypi.archive import read_manifest
from pratique.ecosystems.pypi.metadata import MAX_REQUIRES_PYTHON, build_manifest
from pratique.formats.archive import read_zip_member
from pratique.formats.first_look import can_be_hashed, first_look
from pratique.formats.zip_directory import read_directory

WHOLE = 50 << 20
"""Bytes up to which an artefact is read whole to be compared, if it does not unpack to too much either.
Of a longer wheel only the metadata is read, which stands in one place."""

_ENDINGS = (".whl", ".tar.gz")


def compare_listed(project: str, file: FileView, artefact: ReadAt, limits: ArchiveLimits) -> tuple[Difference, ...]:
    """See `core.ecosystem_verbs.ComparesListed`. Other forms of artefacts than uploads have are not looked at.

    Raises:
        Invalid: broken, hostile or inconsistent; also of another name or version than its file name.
        TooLarge: over a limit; of source archives also over `WHOLE`.
    """
    if not file.filename.endswith(_ENDINGS):
        return ()
    manifest = _manifest(file.filename, artefact, limits)
    return tuple(sorted(_differing(file, manifest), key=lambda one: one.field))


def _manifest(filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
    if not filename.endswith(".whl"):
        if artefact.size > WHOLE:
            raise TooLarge(f"source archives of more than {WHOLE} bytes are not looked into when they are fetched")
        return read_manifest(filename, artefact, first_look(limits))
    if artefact.size <= WHOLE and can_be_hashed(artefact, limits):
        return read_manifest(filename, artefact, limits)
    entries = read_directory(artefact, limits).entries
    found = [one for one in entries if one.name.count("/") == 1 and one.name.endswith(".dist-info/METADATA")]
    if len(found) != 1:
        raise Invalid(f'the wheel "{filename}" holds METADATA {len(found)} times; it must hold one')
    content = read_zip_member(artefact, found[0], limits)
    return build_manifest(filename, content, found[0].name, served=content, execution_points=())


def _differing(file: FileView, manifest: Manifest) -> Iterator[Difference]:
    stated, true = file.raw.get("requires-python"), manifest.fields.get("requires_python")
    if _versions(stated) != _versions(true):
        yield difference("requires-python", stated, true)
    if file.metadata is not None and manifest.metadata:
        seen = Digests(
            sha256=hashlib.sha256(manifest.metadata).hexdigest(), sha512=hashlib.sha512(manifest.metadata).hexdigest()
        )
        if not file.metadata.agrees(seen):
            yield difference("core-metadata", _stated(file.metadata), _stated(seen))


def _stated(digests: Digests) -> str | None:
    """The digest that both sides have."""
    return digests.sha256 or digests.sha512


def _versions(stated: object) -> frozenset[object]:
    """One value for what is written differently and means the same; nothing stated is no limit."""
    text = stated if isinstance(stated, str) else ""
    if len(text) > MAX_REQUIRES_PYTHON:
        return frozenset({text.strip()})
    try:
        return frozenset(SpecifierSet(text))
    except InvalidSpecifier:
        return frozenset({text.strip()})
