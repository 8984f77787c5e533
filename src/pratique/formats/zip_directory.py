"""Read a ZIP archive's end record and central directory.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16, 4.4, 4.5.3, 4.6.9.
"""

from __future__ import annotations

import stat
import struct

import msgspec

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.core.ports import ReadAt
from pratique.formats.archive_rules import MAX_NAME, exactly, shown
from pratique.formats.zip_fields import FULL_16, FULL_32, check_unicode_path, read_extra, wide

STORED, DEFLATED = 0, 8
FLAG_ENCRYPTED, FLAG_DESCRIPTOR, FLAG_PATCH, FLAG_STRONG, FLAG_UTF8, FLAG_MASKED = 1, 8, 32, 64, 2048, 8192
SECRET = FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED
NEWEST_VERSION = 63
"""6.3, the newest version of the format whose archives common extractors open."""

MAX_DIRECTORY = 32 << 20
"""Bytes of central directory that are read; 100,000 members need about half of it."""

_UNIX = 3
_END = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\x05\x06"
END_LENGTH = _END.size
_END_64_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LONGEST_ENTRY = _ENTRY.size + 3 * FULL_16
_WINDOW = 1 << 20


class Entry(msgspec.Struct, frozen=True):
    """One line of the central directory.

    Attributes:
        raw_name: the name's bytes as stored, to compare with the local record; the only form that is kept of it.
        packed: compressed size.
        size: unpacked size as claimed.
        offset: of the local record.
    """

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    is_link: bool

    @property
    def name(self) -> str:
        """The name as text."""
        return self.raw_name.decode()

    @property
    def has_descriptor(self) -> bool:
        """Whether sizes follow the content instead of standing before it."""
        return bool(self.flags & FLAG_DESCRIPTOR)


class Line(msgspec.Struct, frozen=True):
    """One line of the central directory as it stands there: the numbers may be in the extra field."""

    raw_name: bytes
    needed: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    extra: bytes
    comment_length: int
    disk: int
    is_link: bool


class Directory(msgspec.Struct, frozen=True):
    """The central directory: its entries by offset, and where it starts."""

    entries: tuple[Entry, ...]
    start: int


class End(msgspec.Struct, frozen=True):
    """Where the central directory is, and what starts behind it."""

    count: int
    size: int
    start: int
    behind: int


def read_directory(artefact: ReadAt, limits: ArchiveLimits) -> Directory:
    """Read the directory of an archive whose end record is its very last bytes.

    Raises:
        Invalid: no ZIP archive, a comment or other bytes at the end, several disks, encryption, unknown methods,
            counts and sizes that do not add up, an empty archive.
        TooLarge: more members than allowed, or a directory too large to read.
    """
    end = _read_end(artefact)
    if end.count > limits.max_entries:
        raise TooLarge(f"the archive holds more than {limits.max_entries} members (limit max_entries)")
    if end.size > MAX_DIRECTORY:
        raise TooLarge(f"the ZIP directory has {end.size} bytes; at most {MAX_DIRECTORY} are read")
    if end.start + end.size != end.behind:
        raise Invalid("the ZIP directory does not end where the end record starts; build and upload the archive again")
    entries = _read_entries(artefact, end)
    return Directory(tuple(sorted(entries, key=lambda entry: entry.offset)), end.start)


def _read_entries(artefact: ReadAt, end: End) -> list[Entry]:
    """All of them, from a window on the directory: their names are held once, as the entries have them."""
    entries: list[Entry] = []
    window, position, taken = b"", 0, 0
    for _ in range(end.count):
        if len(window) - position < _LONGEST_ENTRY and taken < end.size:
            more = exactly(artefact, end.start + taken, min(_WINDOW, end.size - taken))
            window, position, taken = window[position:] + more, 0, taken + len(more)
        entry, position = _read_entry(window, position)
        entries.append(entry)
    if position != len(window) or taken != end.size or not entries:
        raise Invalid("the ZIP directory is empty or holds more than its end record says")
    return entries


def _read_end(artefact: ReadAt) -> End:
    at = artefact.size - END_LENGTH
    if at < 0:
        raise Invalid("the file is too short to be a ZIP archive; build and upload it again")
    tail = exactly(artefact, at, END_LENGTH)
    if tail[:4] != END_SIGNATURE or any(tail[-2:]):
        raise Invalid("the file is no ZIP archive, is cut short, or has bytes or a comment after its end record")
    return read_end(artefact, at)


def read_end(artefact: ReadAt, at: int) -> End:
    """The end record at a position, by its ZIP64 twin where there is one.

    Raises:
        Invalid: several disks, or a twin that is missing, damaged or says something else.
    """
    record = _END.unpack(exactly(artefact, at, END_LENGTH))
    _, disk, first_disk, here, count, size, start, _ = record
    narrow = End(count, size, start, at)
    if disk != first_disk or disk not in (0, FULL_16) or here != count:
        raise Invalid("the ZIP archive says it is spread over several disks")
    locator = artefact.read_at(at - _END_64_LOCATOR.size, 4) if at >= _END_64_LOCATOR.size else b""
    if locator == b"PK\x06\x07":
        return _read_end_64(artefact, narrow)
    if FULL_32 in (size, start) or count == FULL_16:
        raise Invalid("the ZIP archive lacks the ZIP64 end record it refers to")
    return narrow


def _read_end_64(artefact: ReadAt, narrow: End) -> End:
    at = narrow.behind - _END_64_LOCATOR.size
    _, disk, position, disks = _END_64_LOCATOR.unpack(exactly(artefact, at, _END_64_LOCATOR.size))
    if disk or disks > 1 or position + _END_64.size != at:
        raise Invalid("the ZIP64 end record is not where its locator says, or bytes stand between them")
    record = _END_64.unpack(exactly(artefact, position, _END_64.size))
    signature, length, _, _, disk, first_disk, here, count, size, start = record
    if signature != b"PK\x06\x06" or length != _END_64.size - 12 or disk or first_disk or here != count:
        raise Invalid("the ZIP64 end record is damaged")
    pairs = ((narrow.count, count, FULL_16), (narrow.size, size, FULL_32), (narrow.start, start, FULL_32))
    if any(short not in (full, long) for short, long, full in pairs):
        raise Invalid("the two end records of the ZIP archive differ")
    return End(count, size, start, position)


def _read_entry(content: bytes, position: int) -> tuple[Entry, int]:
    line, following = read_line(content, position)
    if len(line.raw_name) > MAX_NAME:
        raise Invalid(f"the archive holds a member whose name is longer than {MAX_NAME} bytes")
    name = _decoded_name(line.raw_name, line.flags)
    if line.comment_length or line.disk not in (0, FULL_16):
        raise Invalid(f"{shown(name)} has a comment or lies on another disk; build the ZIP archive without")
    _check_method(name, line.needed, line.flags, line.method)
    extra = read_extra(line.extra, name)
    check_unicode_path(extra, line.raw_name, name)
    size, packed, offset = wide(extra, name, (line.size, line.packed, line.offset))
    if line.method == STORED and packed != size:
        raise Invalid(f"{shown(name)} is stored uncompressed and claims two sizes")
    return entry_of(line, size, packed, offset), following


def read_line(content: bytes, position: int) -> tuple[Line, int]:
    """One line of the directory as it stands there, unchecked, and where the next one starts.

    Raises:
        Invalid: there is none.
    """
    if position + _ENTRY.size > len(content):
        raise Invalid("the ZIP directory is cut short")
    fields = _ENTRY.unpack_from(content, position)
    signature, made_by, needed, flags, method, _, _, crc, packed, size = fields[:10]
    name_length, extra_length, comment_length, disk, _, attributes, offset = fields[10:]
    extra_at = position + _ENTRY.size + name_length
    comment_at = extra_at + extra_length
    if signature != b"PK\x01\x02" or comment_at > len(content):
        raise Invalid("the ZIP directory is damaged")
    raw_name, extra = content[position + _ENTRY.size : extra_at], content[extra_at:comment_at]
    is_link = made_by >> 8 == _UNIX and stat.S_ISLNK(attributes >> 16)
    line = Line(raw_name, needed, flags, method, crc, packed, size, offset, extra, comment_length, disk, is_link)
    return line, comment_at + comment_length


def entry_of(line: Line, size: int, packed: int, offset: int) -> Entry:
    """A line with its numbers in full."""
    return Entry(line.raw_name, line.flags, line.method, line.crc, packed, size, offset, line.is_link)


def _decoded_name(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & FLAG_UTF8 else "ascii")
    except UnicodeDecodeError:
        text = shown(raw.decode("latin-1"))
        raise Invalid(f"the ZIP archive holds a name that is neither ASCII nor marked UTF-8: {text}") from None


def _check_method(name: str, needed: int, flags: int, method: int) -> None:
    if flags & SECRET:
        raise Invalid(f"{shown(name)} is encrypted; it could not be examined")
    if flags & FLAG_PATCH or method not in (STORED, DEFLATED) or needed & 0xFF > NEWEST_VERSION:
        raise Invalid(f"{shown(name)} uses features of newer ZIP archives; only stored and deflate are read")
