"""Find a ZIP archive's directory the way extractors do: from the end, past a comment, behind something else.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16, 4.4.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator

import msgspec

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.core.ports import ReadAt
from pratique.formats.archive_rules import exactly
from pratique.formats.oddities import Oddity, OddityKind
from pratique.formats.zip_directory import (
    END_LENGTH,
    END_SIGNATURE,
    FLAG_UTF8,
    MAX_DIRECTORY,
    End,
    Entry,
    Line,
    entry_of,
    read_end,
    read_line,
)
from pratique.formats.zip_fields import read_extra, wide

_LONGEST_COMMENT = 0xFFFF


class Survey(msgspec.Struct, frozen=True):
    """What a ZIP archive's directory says, and where everything really is.

    Attributes:
        entries: by offset.
        start: of the directory.
        shift: bytes that stand before the archive, which its offsets do not count.
        next_start: of each entry's offset, the one that follows it.
    """

    entries: tuple[Entry, ...]
    start: int
    shift: int
    next_start: dict[int, int]

    def moved(self, entry: Entry) -> Entry:
        """The entry with its real offset."""
        return msgspec.structs.replace(entry, offset=entry.offset + self.shift) if self.shift else entry

    def following(self, entry: Entry) -> int:
        """Where the next member, or the directory, really starts."""
        return self.shift + self.next_start[entry.offset]

    def text_of(self, entry: Entry) -> str:
        """A member's name as text, whatever its bytes: what is not marked UTF-8 is code page 437."""
        if entry.flags & FLAG_UTF8 or entry.raw_name.isascii():
            return entry.raw_name.decode("utf-8", "replace")
        return entry.raw_name.decode("cp437")


def survey_directory(artefact: ReadAt, limits: ArchiveLimits, found: list[Oddity]) -> Survey:
    """Read the directory of an archive; what is odd about it is added to `found`.

    Raises:
        Invalid: it has none that can be read.
        TooLarge: it has more members than the limits allow.
    """
    end = _find_end(artefact, found)
    if end.count > limits.max_entries or end.size > MAX_DIRECTORY:
        raise TooLarge(f"the archive says it holds {end.count} members; {limits.max_entries} are looked at")
    shift = end.behind - end.size - end.start
    if shift < 0:
        raise Invalid("the ZIP directory is not where the end record says")
    if shift:
        note = f"{shift} bytes stand before the ZIP archive"
        found.append(Oddity(OddityKind.HIDDEN_BYTES, note=note))
    content = exactly(artefact, end.start + shift, end.size)
    entries = sorted(_entries(content, end, found), key=lambda entry: entry.offset)
    starts = [*(entry.offset for entry in entries), end.start]
    following = dict(itertools.pairwise(starts))
    return Survey(tuple(entries), end.start + shift, shift, following)


def _find_end(artefact: ReadAt, found: list[Oddity]) -> End:
    """The end record that reaches to the file's last byte; else the last one that has a directory before it."""
    begin = max(0, artefact.size - END_LENGTH - _LONGEST_COMMENT)
    tail = artefact.read_at(begin, artefact.size - begin)
    plausible = [at for at in _ends(tail) if _has_directory(artefact, tail, at, begin)]
    exact = [at for at in plausible if at + END_LENGTH + _comment(tail, at) == len(tail)]
    if not plausible:
        raise Invalid("the ZIP archive has no end record; it is cut short or no ZIP archive")
    at = (exact or plausible)[0]
    if not exact:
        found.append(Oddity(OddityKind.HIDDEN_BYTES, note="bytes follow the end record of the ZIP archive"))
    if any(other > at for other in plausible):  # those before it are content of members, or lie in gaps
        note = "the ZIP archive has two end records, each with a directory"
        found.append(Oddity(OddityKind.TWO_DIRECTORIES, note=note))
    return read_end(artefact, begin + at)


def _ends(tail: bytes) -> Iterator[int]:
    """Where the signature of an end record stands, the last first; of very many, a hundred."""
    at = len(tail) - END_LENGTH + 1
    for _ in range(100):
        at = tail.rfind(END_SIGNATURE, 0, at + 3)
        if at < 0:
            return
        if at + END_LENGTH <= len(tail):
            yield at


def _comment(tail: bytes, at: int) -> int:
    length: int = struct.unpack_from("<H", tail, at + END_LENGTH - 2)[0]
    return length


def _has_directory(artefact: ReadAt, tail: bytes, at: int, begin: int) -> bool:
    """Whether a directory ends where the end record starts; an archive without members has none."""
    try:
        end = read_end(artefact, begin + at)
    except Invalid:
        return False
    if not end.size:
        return end.count == 0
    return end.behind >= end.size and artefact.read_at(end.behind - end.size, 4) == b"PK\x01\x02"


def _entries(content: bytes, end: End, found: list[Oddity]) -> list[Entry]:
    entries: list[Entry] = []
    position = 0
    try:
        while position < len(content):
            line, position = read_line(content, position)
            entries.append(_entry(line, found))
    except Invalid as error:
        found.append(Oddity(OddityKind.UNREADABLE, note=str(error)))
    if len(entries) != end.count:
        note = f"the ZIP directory lists {len(entries)} members, its end record says {end.count}"
        found.append(Oddity(OddityKind.NAMES_DIFFER, note=note))
    return entries


def _entry(line: Line, found: list[Oddity]) -> Entry:
    numbers = (line.size, line.packed, line.offset)
    try:
        size, packed, offset = wide(read_extra(line.extra, "a member"), "a member", numbers)
    except Invalid as error:
        found.append(Oddity(OddityKind.NAMES_DIFFER, line.raw_name.decode("utf-8", "replace"), str(error)))
        size, packed, offset = numbers
    return entry_of(line, size, packed, offset)
