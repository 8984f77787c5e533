"""Walk a ZIP archive by its whole structure: local records and central directory must tell one story.

A ZIP file describes itself twice, and extractors differ in which description they follow. Accepted is only
what reads the same both ways: local records one after the other from the first byte, the central directory
right behind them, the end record last, every size, name and checksum equal and true.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 to 4.6.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.formats.archive_rules import (
    WINDOW,
    Budget,
    Inventory,
    Member,
    exactly,
    plain_name,
    refuse_large_read,
    shown,
)
from pratique.formats.zip_directory import DEFLATED, Directory, Entry, read_directory
from pratique.formats.zip_records import check_descriptor, content_offset


def walk_zip(artefact: ReadAt, limits: ArchiveLimits) -> Iterator[Member]:
    """Yield the members of a ZIP archive in the order of their bytes.

    Claimed sizes are checked against the limits first; then every member's content is unpacked, in pieces,
    and must be what is claimed, whether the caller reads it or not.

    Raises:
        Invalid: broken or ambiguous structure, hostile names, encryption, links, unknown compression.
        TooLarge: over a limit.
    """
    directory = read_directory(artefact, limits)
    _charge(directory, artefact, limits)
    inventory = Inventory(limits)
    starts = [entry.offset for entry in directory.entries] + [directory.start]
    if starts[0] != 0:
        raise Invalid("bytes stand before the first member of the ZIP archive; build and upload it again")
    for entry, following in zip(directory.entries, starts[1:], strict=True):
        name = plain_name(entry.name, limits.max_depth)
        kind = _kind(entry, name)
        inventory.add(name, kind)
        start = content_offset(artefact, entry)
        check_descriptor(artefact, entry, start + entry.packed, following)
        content = _Content(name, entry, artefact, start, limits)
        yield Member(name, kind, entry.size, content.read, content.chunks)
        content.close()


def read_zip_member(artefact: ReadAt, entry: Entry, limits: ArchiveLimits) -> bytes:
    """One member's content, without a look at any other.

    Raises:
        Invalid: its local record or its content is not what the directory says.
        TooLarge: over `max_member`.
    """
    name = plain_name(entry.name, limits.max_depth)
    return _Content(name, entry, artefact, content_offset(artefact, entry), limits).read()


def _charge(directory: Directory, artefact: ReadAt, limits: ArchiveLimits) -> None:
    budget = Budget(limits, artefact.size)
    for entry in directory.entries:
        budget.take_entry()
        budget.take_bytes(entry.size)


def _kind(entry: Entry, name: str) -> str:
    if not name:
        raise Invalid("the ZIP archive holds a member for its own root")
    if entry.is_link:
        raise Invalid(f"{shown(name)} is a link; a ZIP archive must hold only files and folders")
    if not entry.name.endswith("/"):
        return "file"
    if entry.size:
        raise Invalid(f"{shown(name)} is named like a folder and has content")
    return "directory"


class _Content:
    """One member's content: unpacked once, checked to its end."""

    def __init__(self, name: str, entry: Entry, artefact: ReadAt, start: int, limits: ArchiveLimits) -> None:
        self._name, self._entry, self._limits = name, entry, limits
        self._source = _checked(name, entry, _unpacked(name, entry, artefact, start))
        self._open = True

    def chunks(self) -> Iterator[bytes]:
        if not self._open:
            raise RuntimeError("a member's content is read once, before the next member is taken")
        self._open = False
        return self._source

    def read(self) -> bytes:
        refuse_large_read(self._name, self._entry.size, self._limits)
        return b"".join(self.chunks())

    def close(self) -> None:
        """Unpack what the caller left, so that nothing goes by unchecked."""
        self._open = False
        for _ in self._source:
            pass


def _checked(name: str, entry: Entry, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pass pieces on; the content's size and checksum must be the claimed ones, and not a byte more comes out."""
    size = crc = 0
    for piece in pieces:
        size += len(piece)
        if size > entry.size:
            break
        crc = zlib.crc32(piece, crc)
        yield piece
    if size != entry.size or crc != entry.crc:
        raise Invalid(f"{shown(name)} is not what the ZIP directory says: size or checksum differ")


def packed_pieces(entry: Entry, artefact: ReadAt, start: int) -> Iterator[bytes]:
    """A member's bytes as they lie in the archive. Raises Invalid where it ends before them."""
    for offset in range(start, start + entry.packed, WINDOW):
        yield exactly(artefact, offset, min(WINDOW, start + entry.packed - offset))


def _unpacked(name: str, entry: Entry, artefact: ReadAt, start: int) -> Iterator[bytes]:
    pieces = packed_pieces(entry, artefact, start)
    return inflate(name, pieces) if entry.method == DEFLATED else pieces


def inflate(name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A member's content from its deflate stream, in pieces. Raises Invalid where that is damaged."""
    stream = zlib.decompressobj(wbits=-15)
    try:
        for piece in pieces:
            packed = piece
            while packed:
                if stream.eof:
                    raise Invalid(f"bytes follow the compressed content of {shown(name)} in the ZIP archive")
                yield stream.decompress(packed, WINDOW)
                packed = stream.unconsumed_tail or stream.unused_data
        while not stream.eof and (rest := stream.decompress(b"", WINDOW)):
            yield rest
    except zlib.error:
        raise Invalid(f"the compressed content of {shown(name)} is damaged") from None
    if not stream.eof:
        raise Invalid(f"the compressed content of {shown(name)} is cut short")
