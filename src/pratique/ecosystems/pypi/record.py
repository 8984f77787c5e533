"""The RECORD of a wheel against what the wheel holds: every file, its hash and its size.

Source: binary distribution format specification (PEP 427), "Signed wheel files": sha256 or better.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Iterator, Mapping

import msgspec

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.formats.archive import walk_zip

MAX_LINE = 10_000
"""Characters: the longest name of a member, a digest and a size, with room for quotes."""

_BESIDE = 3
"""Lines about files that need not be there: RECORD itself and its signatures."""

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
    listed = _lines(record, folder, len(contents) + _BESIDE)
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
    """Path to what is said of it. Reading ends at the first wrong line, and once there are more than `most`."""
    listed: dict[str, _Line] = {}
    try:
        for row in csv.reader(_text(record, folder, most), strict=True):
            if not row:
                continue
            if len(row) != 3 or row[0] in listed:
                raise Invalid(f"{folder}/RECORD has a line that is not `path,hash,size`, or a path twice")
            if len(listed) == most:
                raise _too_many(folder)
            algorithm, _, digest = row[1].partition("=")
            listed[row[0]] = _Line(algorithm.lower(), digest.rstrip("="), row[2].strip())
    except (UnicodeDecodeError, csv.Error):
        raise Invalid(f"{folder}/RECORD is no CSV in UTF-8") from None
    return listed


def _text(record: bytes, folder: str, most: int) -> Iterator[str]:
    """RECORD line by line; some builders on Windows leave every other one empty."""
    text = io.TextIOWrapper(io.BytesIO(record), "utf-8", newline="")
    for _ in range(2 * most):
        line = text.readline(MAX_LINE + 1)
        if not line:
            return
        if len(line) > MAX_LINE:
            raise Invalid(f"{folder}/RECORD has a line of more than {MAX_LINE} characters")
        yield line
    if text.readline(1):
        raise _too_many(folder)


def _too_many(folder: str) -> Invalid:
    return Invalid(f"{folder}/RECORD lists more files than the wheel holds; build the wheel again with a current tool")
