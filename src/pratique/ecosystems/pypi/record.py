"""The RECORD of a wheel against what the wheel holds: every file, its hash and its size.

Source: binary distribution format specification (PEP 427), "Signed wheel files": sha256 or better.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Mapping
from itertools import islice

import msgspec

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.formats.archive import walk_zip

_UNRECORDED = ("RECORD.jws", "RECORD.p7s")
_USUAL = "sha256"
_OTHERS = ("sha384", "sha512")
"""What the specification allows beside it and no current tool writes: computed only where a RECORD names it."""


class Content(msgspec.Struct, frozen=True):
    """One file of a wheel: its sha256 as RECORD writes it, and its bytes."""

    sha256: str
    size: int


class _Line(msgspec.Struct, frozen=True):
    """What RECORD says of one path; an empty size says nothing."""

    algorithm: str
    digest: str
    size: str


def written_digest(digest: bytes) -> str:
    """A digest as RECORD writes it."""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def check_record(
    contents: Mapping[str, Content], record: bytes, folder: str, artefact: ReadAt, limits: ArchiveLimits
) -> None:
    """Refuse a wheel whose RECORD lists other files, hashes or sizes than it holds.

    Args:
        contents: path to content, of every file.
        record: the bytes of RECORD.
        folder: the `.dist-info`.
        artefact: the wheel, read once more where RECORD names hashes that were not computed.
        limits: bounds on its inside.

    Raises:
        Invalid: the sentence names the file.
    """
    listed = _lines(record, folder, len(contents) + len(_UNRECORDED) + 1)
    own = {f"{folder}/RECORD"} | {f"{folder}/{name}" for name in _UNRECORDED}
    unlisted = sorted(contents.keys() - listed.keys() - own)
    absent = sorted(listed.keys() - contents.keys() - own)
    if unlisted or absent:
        which, what = (unlisted[0], "does not list") if unlisted else (absent[0], "lists missing")
        raise Invalid(f"{folder}/RECORD {what} {which!a}; build the wheel again with a current tool")
    checked = {name: line for name, line in listed.items() if name not in own}
    others = {name: line.algorithm for name, line in checked.items() if line.algorithm in _OTHERS}
    computed = _digests(others, artefact, limits) if others else {}
    for name, line in checked.items():
        if line.digest != (contents[name].sha256 if line.algorithm == _USUAL else computed.get(name)):
            raise Invalid(f"{folder}/RECORD states no sha256, or another one, for {name!a}; build the wheel again")
        if line.size not in ("", str(contents[name].size)):
            raise Invalid(
                f"{folder}/RECORD says that {name!a} has {line.size[:20]!a} bytes, it has {contents[name].size}; "
                "build the wheel again"
            )


def _digests(wanted: Mapping[str, str], artefact: ReadAt, limits: ArchiveLimits) -> dict[str, str]:
    """Path to digest, by the algorithm that is wanted of each."""
    found = {}
    for member in walk_zip(artefact, limits):
        if member.name in wanted:
            digest = hashlib.new(wanted[member.name])
            for piece in member.chunks():
                digest.update(piece)
            found[member.name] = written_digest(digest.digest())
    return found


def _lines(record: bytes, folder: str, most: int) -> dict[str, _Line]:
    """Path to what is said of it, read no further than to the first line too many."""
    listed: dict[str, _Line] = {}
    try:
        lines = csv.reader(io.StringIO(record.decode(), newline=""), strict=True)
        rows = list(islice(filter(None, lines), most + 1))
    except (UnicodeDecodeError, csv.Error):
        raise Invalid(f"{folder}/RECORD is no CSV in UTF-8") from None
    for row in rows:
        if len(row) != 3 or row[0] in listed:
            raise Invalid(f"{folder}/RECORD has a line that is not `path,hash,size`, or a path twice")
        algorithm, _, digest = row[1].partition("=")
        listed[row[0]] = _Line(algorithm.lower(), digest.rstrip("="), row[2].strip())
    if len(rows) > most:
        raise Invalid(f"{folder}/RECORD has more lines than the wheel has files; build the wheel again")
    return listed
