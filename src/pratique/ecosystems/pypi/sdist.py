"""Read a source archive: one top folder `{name}-{version}` with its PKG-INFO.

Source: source distribution format specification; PEP 517, PEP 625, PEP 643.
"""

from __future__ import annotations

import msgspec

from pratique.core.artifacts import Manifest
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.ecosystems.pypi.index_entry import SDIST_EXECUTES
from pratique.ecosystems.pypi.licenses import missing_license_file
from pratique.ecosystems.pypi.metadata import OBJECTIONS, build_manifest, check_folder
from pratique.formats.archive import Member, walk_tar_gz
from pratique.formats.first_look import first_look

_PKG_INFO = "PKG-INFO"
_ZIP_END = b"PK\x05\x06"
_ZIP_END_RECORD, _ZIP_LONGEST_COMMENT = 22, 65_535


def read_sdist(filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
    """Read a source archive to its end.

    Raises:
        Invalid: broken or hostile; not exactly one top folder of the file's name and version; no PKG-INFO in it;
            something that can be read as a ZIP archive too.
        TooLarge: over a limit.
    """
    _refuse_zip(artefact)
    top = metadata = None
    names: set[str] = set()
    for member in walk_tar_gz(artefact, limits):
        if member.kind == "file":
            names.add(member.name)
        folder = _top(member)
        if top not in (None, folder):
            raise Invalid(f"the source archive holds {top!a} and {folder!a}; it must hold one top folder")
        top = folder
        if _is_pkg_info(member):
            metadata = member.read()
    if top is None or metadata is None:
        raise Invalid(
            f'the source archive "{filename}" lacks PKG-INFO in its top folder; build it with `python -m build`'
        )
    where = f"{top}/{_PKG_INFO}"
    manifest = build_manifest(filename, metadata, where, served=b"", execution_points=SDIST_EXECUTES)
    check_folder(top, manifest)
    missing = missing_license_file(manifest.fields, top, names)
    return msgspec.structs.replace(manifest, fields=manifest.fields | {OBJECTIONS: [missing] if missing else []})


def inner_metadata(filename: str, artefact: ReadAt, limits: ArchiveLimits) -> bytes:
    """See `core.ecosystem_verbs.DescribesProjects`. A source archive is read no further than to its PKG-INFO."""
    if not filename.endswith(".tar.gz"):
        return b""
    members = walk_tar_gz(artefact, first_look(limits))
    return next((member.read() for member in members if _is_pkg_info(member)), b"")


def _refuse_zip(artefact: ReadAt) -> None:
    """Pip unpacks as ZIP whatever ends like one, whatever it is called: what was read here would not be installed.

    Source: pip, `unpack_file`; Python's zipfile, `is_zipfile`.
    """
    start = max(0, artefact.size - _ZIP_END_RECORD - _ZIP_LONGEST_COMMENT)
    end = artefact.read_at(start, artefact.size - start)
    if _ZIP_END in end[: len(end) - _ZIP_END_RECORD + len(_ZIP_END)]:
        raise Invalid("the source archive can be read as a ZIP archive too, and pip would do that; build it anew")


def _top(member: Member) -> str:
    top, slash, _ = member.name.partition("/")
    if not slash and member.kind != "directory":
        raise Invalid(f"the source archive holds {member.name!a} outside its top folder")
    return top


def _is_pkg_info(member: Member) -> bool:
    """Whether this is the top folder's PKG-INFO; a twin in other case would replace it on many systems."""
    name = member.name.partition("/")[2]
    if name.casefold() != _PKG_INFO.casefold():
        return False
    if name != _PKG_INFO or member.kind != "file":
        raise Invalid(f"{member.name!a} must be a regular file named PKG-INFO")
    return True
