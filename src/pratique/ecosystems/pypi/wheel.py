"""Read a wheel: one `.dist-info`, and a RECORD that tells the truth about every file.

Source: binary distribution format specification (PEP 427), "The .dist-info directory"; PEP 639, license files.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from pratique.core.artifacts import Manifest
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.core.ports import ReadAt
from pratique.ecosystems.pypi.entry_points import objection_to_entry_points
from pratique.ecosystems.pypi.licenses import missing_license_file
from pratique.ecosystems.pypi.metadata import OBJECTIONS, build_manifest, check_folder
from pratique.ecosystems.pypi.record import Content, check_record, written_digest
from pratique.formats.archive import Member, walk_zip
from pratique.formats.archive_rules import digest_of, folded
from pratique.formats.zip_directory import read_directory

_ENTRY_POINTS = "entry_points.txt"
_NEEDED = ("METADATA", "WHEEL", "RECORD")
_KEPT = (*_NEEDED, _ENTRY_POINTS)
MAX_WHEEL = 256 << 10
"""Bytes of WHEEL; those with the most tags have a few thousand."""

_WHEEL_VERSION = re.compile(rb"^Wheel-Version:[ \t]*1\.\d+[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_WHEEL_LINE = re.compile(r"^(Tag|Build):[ \t]*(\S+)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)

TAGS, BUILD = "_tags", "_build"
"""Fields of a wheel's manifest that come from its WHEEL file, and are compared with the file name."""


def read_wheel(filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
    """Read a wheel to its end.

    Raises:
        Invalid: broken or hostile; not exactly one `.dist-info` of the file's name and version; METADATA, WHEEL
            or RECORD missing; names that differ in case only; RECORD and content differ.
        TooLarge: over a limit.
    """
    contents: dict[str, Content] = {}
    kept: dict[str, bytes] = {}
    for member in walk_zip(artefact, limits):
        if member.kind == "file":
            contents[member.name] = _take(member, kept)
    folder = _dist_info(contents, filename)
    missing = [name for name in _NEEDED if f"{folder}/{name}" not in kept]
    if missing:
        raise Invalid(f'the wheel "{filename}" lacks {folder}/{missing[0]}; build it again with a current tool')
    if len(kept[f"{folder}/WHEEL"]) > MAX_WHEEL:
        raise TooLarge(f"{folder}/WHEEL has more than {MAX_WHEEL} bytes")
    if not _WHEEL_VERSION.search(kept[f"{folder}/WHEEL"]):
        raise Invalid(f"{folder}/WHEEL states no Wheel-Version 1.x, the only one that installers read")
    _refuse_twins(contents)
    check_record(contents, kept[f"{folder}/RECORD"], folder, artefact, limits)
    metadata = kept[f"{folder}/METADATA"]
    points = tuple(sorted(name for name in contents if _runs_at_start(name)))
    manifest = build_manifest(filename, metadata, f"{folder}/METADATA", served=metadata, execution_points=points)
    check_folder(folder.removesuffix(".dist-info"), manifest)
    objections = [
        _descriptors(artefact, limits),
        objection_to_entry_points(kept.get(f"{folder}/{_ENTRY_POINTS}", b""), f"{folder}/{_ENTRY_POINTS}"),
        missing_license_file(manifest.fields, f"{folder}/licenses", contents),
    ]
    said = _said_in_wheel(kept[f"{folder}/WHEEL"]) | {OBJECTIONS: [one for one in objections if one]}
    return msgspec.structs.replace(manifest, fields=manifest.fields | said)


def _descriptors(artefact: ReadAt, limits: ArchiveLimits) -> str | None:
    behind = next((entry for entry in read_directory(artefact, limits).entries if entry.has_descriptor), None)
    if behind is None:
        return None
    return (
        f"{behind.name!a} has its size written behind it in the ZIP archive, where readers in sequence look too late; "
        "build the wheel with a current tool"
    )


def _said_in_wheel(content: bytes) -> dict[str, Any]:
    """Tags and build number."""
    lines = [(key.lower(), value) for key, value in _WHEEL_LINE.findall(content.decode("utf-8", "replace"))]
    tags = sorted({value for key, value in lines if key == "tag"})
    return {TAGS: tags, BUILD: next((value for key, value in lines if key == "build"), "")}


def _take(member: Member, kept: dict[str, bytes]) -> Content:
    """The member's size and sha256; the files that matter are kept, of the first folder that may hold them."""
    folder, _, name = member.name.rpartition("/")
    is_first = all(path.startswith(f"{folder}/") for path in kept)
    if name in _KEPT and folder.endswith(".dist-info") and "/" not in folder and is_first:
        kept[member.name] = member.read()
        digest = hashlib.sha256(kept[member.name])
    else:
        digest = hashlib.sha256()
        for piece in member.chunks():
            digest.update(piece)
    return Content(written_digest(digest.digest()), member.size)


def _dist_info(names: dict[str, Content], filename: str) -> str:
    tops = {name.partition("/")[0] for name in names if "/" in name}
    folders = sorted(top for top in tops if top.lower().endswith(".dist-info"))
    if len(folders) != 1:
        raise Invalid(f'the wheel "{filename}" holds {len(folders)} .dist-info folders; it must hold one')
    return folders[0]


def _refuse_twins(names: dict[str, Content]) -> None:
    seen: dict[bytes, str] = {}
    for name in names:
        twin = seen.setdefault(digest_of(folded(name)), name)
        if twin != name:
            raise Invalid(f"the wheel holds {twin!a} and {name!a}, which are one file on many systems")


def _runs_at_start(name: str) -> bool:
    """Whether Python runs it at every start: a `.pth` file that lands in site-packages."""
    if not name.endswith(".pth"):
        return False
    parts = name.split("/")
    return len(parts) == 1 or (len(parts) == 3 and parts[0].endswith(".data") and parts[1] in ("purelib", "platlib"))
