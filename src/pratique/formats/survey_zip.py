"""Look through a ZIP archive as far as it can be read, noting on the way on what extractors may disagree.

Members are those of the central directory, as most extractors take them. Unlike `archive_zip.walk_zip`, which refuses
at the first oddity, this is for archives that somebody else let in.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.core.ports import ReadAt
from pratique.formats.archive_rules import WINDOW, Budget, Member, refuse_large_read, shown
from pratique.formats.archive_zip import inflate, packed_pieces
from pratique.formats.oddities import Oddity, OddityKind
from pratique.formats.survey_names import SurveyNames, note_link
from pratique.formats.zip_directory import DEFLATED, SECRET, STORED, Entry
from pratique.formats.zip_records import content_offset, lenient_offset
from pratique.formats.zip_survey import Survey, survey_directory

_BZIP2, _LZMA = 12, 14
_MAX_TARGET = 4096
_DESCRIPTOR_LENGTHS = frozenset((12, 16, 20, 24))
_LZMA_HEAD = 4


def survey_zip(artefact: ReadAt, limits: ArchiveLimits, budget: Budget, found: list[Oddity]) -> Iterator[Member]:
    """Yield the members of a ZIP archive in the order of their bytes.

    Args:
        artefact: all of it.
        limits: on its inside.
        budget: of this archive and all those around it.
        found: oddities are added here.

    Raises:
        TooLarge: over the budget.
    """
    try:
        survey = survey_directory(artefact, limits, found)
    except (Invalid, TooLarge) as error:
        odd = OddityKind.BOMB if isinstance(error, TooLarge) else OddityKind.UNREADABLE
        found.append(Oddity(odd, note=str(error)))
        return
    names, position = SurveyNames(limits), 0
    for entry in survey.entries:
        budget.take_entry()
        raw = survey.text_of(entry)
        kind = _kind(raw, entry)
        name = names.take(raw, kind, found)
        start = _start(artefact, survey, entry, name, found)
        if start is None:
            continue
        _note_gap(artefact, position, survey.shift + entry.offset, name, found)
        position = _end(artefact, entry, start, survey)
        yield _member(name, kind, _Content(name, entry, artefact, start, limits, budget, found), found)
    _note_gap(artefact, position, survey.start, "", found)


def _kind(raw: str, entry: Entry) -> str:
    if entry.is_link:
        return "symlink"
    return "directory" if raw.endswith(("/", "\\")) and not entry.size else "file"


def _start(artefact: ReadAt, survey: Survey, entry: Entry, name: str, found: list[Oddity]) -> int | None:
    """Where a member's content starts; None where it is nowhere."""
    moved = survey.moved(entry)
    try:
        return content_offset(artefact, moved)
    except Invalid as error:
        start = lenient_offset(artefact, moved)
        found.append(Oddity(OddityKind.NAMES_DIFFER if start else OddityKind.UNREADABLE, name, str(error)))
        return start


def _end(artefact: ReadAt, entry: Entry, start: int, survey: Survey) -> int:
    """Where a member ends, its descriptor included."""
    end = start + entry.packed
    if entry.has_descriptor:
        following = survey.following(entry)
        if following - end in _DESCRIPTOR_LENGTHS:
            return following
        return end + (16 if artefact.read_at(end, 4) == b"PK\x07\x08" else 12)
    return end


def _note_gap(artefact: ReadAt, end: int, following: int, name: str, found: list[Oddity]) -> None:
    """Note what lies between two members: nothing should."""
    if following == end:
        return
    if following < end:
        found.append(Oddity(OddityKind.HIDDEN_BYTES, name, "it overlaps another member of the ZIP archive"))
        return
    hidden = artefact.read_at(end, min(following - end, WINDOW))
    if following - end > WINDOW:
        hidden += artefact.read_at(max(end + WINDOW, following - WINDOW), WINDOW)
    if not hidden.strip(b"\0"):
        return
    if b"PK\x01\x02" in hidden and b"PK\x05\x06" in hidden:
        kind, what = OddityKind.TWO_DIRECTORIES, "a second directory"
    else:
        kind, what = OddityKind.HIDDEN_BYTES, "a member that the directory does not list"
        what = what if b"PK\x03\x04" in hidden else f"{following - end} bytes that no member has"
    place = f"before {shown(name)}" if name else "before its directory"
    found.append(Oddity(kind, name, f"the ZIP archive holds {what} {place}"))


def _member(name: str, kind: str, content: _Content, found: list[Oddity]) -> Member:
    target = ""
    if kind == "symlink":
        target = b"".join(content.chunks())[:_MAX_TARGET].decode("utf-8", "replace")
        note_link(name, kind, target, found)
    return Member(name, kind, content.size, content.read, content.chunks, target)


class _Content:
    """One member's content, unpacked as far as it can be."""

    def __init__(
        self,
        name: str,
        entry: Entry,
        artefact: ReadAt,
        start: int,
        limits: ArchiveLimits,
        budget: Budget,
        found: list[Oddity],
    ) -> None:
        self._name, self._entry, self._artefact, self._start = name, entry, artefact, start
        self._limits, self._budget, self._found = limits, budget, found
        self.size = entry.size

    def read(self) -> bytes:
        refuse_large_read(self._name, self.size, self._limits)
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        entry, size, crc = self._entry, 0, 0
        if entry.flags & SECRET:
            self._note("it is encrypted")
            return
        try:
            for piece in self._pieces():
                self._budget.take_bytes(len(piece))
                size, crc = size + len(piece), zlib.crc32(piece, crc)
                yield piece
        except (Invalid, OSError, lzma.LZMAError, EOFError, ValueError) as error:
            self._note(str(error))
            return
        if (size, crc) != (entry.size, entry.crc):
            self._note("its size or checksum is not what the ZIP directory says")

    def _pieces(self) -> Iterator[bytes]:
        packed = packed_pieces(self._entry, self._artefact, self._start)
        method = self._entry.method
        if method == STORED:
            return packed
        if method == DEFLATED:
            return inflate(self._name, packed)
        if method == _BZIP2:
            return _decompressed(bz2.BZ2Decompressor(), packed)
        if method == _LZMA:
            head = next(packed, b"")
            length = int.from_bytes(head[2:4], "little")
            stream = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_lzma_filter(head[4 : 4 + length])])
            return _decompressed(stream, _after(head[_LZMA_HEAD + length :], packed))
        raise Invalid(f"it is compressed by method {method}, which nobody here reads")

    def _note(self, what: str) -> None:
        self._found.append(Oddity(OddityKind.UNREADABLE, self._name, what))


_MAX_DICTIONARY = 48 << 20


def _lzma_filter(properties: bytes) -> dict[str, int]:
    """The five bytes that say how the LZMA stream was made. Raises ValueError where they cannot be."""
    if len(properties) != 5:  # one byte and a 32-bit dictionary size
        raise ValueError("its LZMA properties are damaged")
    first, dictionary = properties[0], int.from_bytes(properties[1:], "little")
    if dictionary > _MAX_DICTIONARY:
        raise ValueError("its LZMA dictionary is too large to be unpacked")
    rest, lc = divmod(first, 9)
    pb, lp = divmod(rest, 5)
    return {"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096), "lc": lc, "lp": lp, "pb": pb}


def _decompressed(stream: bz2.BZ2Decompressor | lzma.LZMADecompressor, packed: Iterator[bytes]) -> Iterator[bytes]:
    for piece in packed:
        given = piece
        while not stream.eof:
            if content := stream.decompress(given, WINDOW):
                yield content
            given = b""
            if stream.needs_input:
                break


def _after(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others
