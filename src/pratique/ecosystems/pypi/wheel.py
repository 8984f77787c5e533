"""Read a wheel: one `.dist-info`, and a RECORD that tells the truth about every file.

Source: binary distribution format specification (PEP 427), "The .dist-info directory" and "Signed wheel files".
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import unicodedata

from pratique.core.artifacts import Manifest
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.ecosystems.pypi.metadata import build_manifest, check_folder
from pratique.formats.archive import Member, walk_zip

_UNRECORDED = ("RECORD.jws", "RECORD.p7s")
_KEPT = ("METADATA", "WHEEL", "RECORD")
_WHEEL_VERSION = re.compile(rb"^Wheel-Version:[ \t]*1\.\d+[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)


def read_wheel(filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
    """Read a wheel to its end.

    Raises:
        Invalid: broken or hostile; not exactly one `.dist-info` of the file's name and version; METADATA, WHEEL
            or RECORD missing; names that differ in case only; RECORD and content differ.
        TooLarge: over a limit.
    """
    digests: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    for member in walk_zip(artefact, limits):
        if member.kind == "file":
            digests[member.name] = _take(member, kept)
    folder = _dist_info(digests, filename)
    missing = [name for name in _KEPT if f"{folder}/{name}" not in kept]
    if missing:
        raise Invalid(f'the wheel "{filename}" lacks {folder}/{missing[0]}; build it again with a current tool')
    if not _WHEEL_VERSION.search(kept[f"{folder}/WHEEL"]):
        raise Invalid(f"{folder}/WHEEL states no Wheel-Version 1.x, the only one that installers read")
    _refuse_twins(digests)
    _check_record(digests, kept[f"{folder}/RECORD"], folder)
    metadata = kept[f"{folder}/METADATA"]
    points = tuple(sorted(name for name in digests if _runs_at_start(name)))
    manifest = build_manifest(filename, metadata, f"{folder}/METADATA", served=metadata, execution_points=points)
    check_folder(folder.removesuffix(".dist-info"), manifest)
    return manifest


def _take(member: Member, kept: dict[str, bytes]) -> str:
    """The member's sha256 as RECORD writes it; the files that matter are kept."""
    folder, _, name = member.name.rpartition("/")
    if name in _KEPT and folder.endswith(".dist-info") and "/" not in folder:
        kept[member.name] = member.read()
        digest = hashlib.sha256(kept[member.name])
    else:
        digest = hashlib.sha256()
        for piece in member.chunks():
            digest.update(piece)
    return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()


def _dist_info(names: dict[str, str], filename: str) -> str:
    tops = {name.partition("/")[0] for name in names if "/" in name}
    folders = sorted(top for top in tops if top.lower().endswith(".dist-info"))
    if len(folders) != 1:
        raise Invalid(f'the wheel "{filename}" holds {len(folders)} .dist-info folders; it must hold one')
    return folders[0]


def _refuse_twins(names: dict[str, str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        twin = seen.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if twin != name:
            raise Invalid(f"the wheel holds {twin!a} and {name!a}, which are one file on many systems")


def _check_record(digests: dict[str, str], record: bytes, folder: str) -> None:
    listed = _record_lines(record, folder)
    own = {f"{folder}/RECORD"} | {f"{folder}/{name}" for name in _UNRECORDED}
    unlisted = sorted(digests.keys() - listed.keys() - own)
    absent = sorted(listed.keys() - digests.keys() - own)
    if unlisted or absent:
        which, what = (unlisted[0], "does not list") if unlisted else (absent[0], "lists missing")
        raise Invalid(f"{folder}/RECORD {what} {which!a}; build the wheel again with a current tool")
    for name, stated in listed.items():
        if name not in own and stated != f"sha256={digests[name]}":
            raise Invalid(f"{folder}/RECORD states no sha256, or another one, for {name!a}; build the wheel again")


def _record_lines(record: bytes, folder: str) -> dict[str, str]:
    """Path to stated hash."""
    listed: dict[str, str] = {}
    try:
        rows = list(csv.reader(io.StringIO(record.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise Invalid(f"{folder}/RECORD is no CSV in UTF-8") from None
    for row in rows:
        if not row:
            continue
        if len(row) != 3 or row[0] in listed:
            raise Invalid(f"{folder}/RECORD has a line that is not `path,hash,size`, or a path twice")
        listed[row[0]] = row[1].rstrip("=")
    return listed


def _runs_at_start(name: str) -> bool:
    """Whether Python runs it at every start: a `.pth` file that lands in site-packages."""
    if not name.endswith(".pth"):
        return False
    parts = name.split("/")
    return len(parts) == 1 or (len(parts) == 3 and parts[0].endswith(".data") and parts[1] in ("purelib", "platlib"))
