"""Compare a ZIP member's local record and data descriptor with its line in the central directory.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.9.
"""

from __future__ import annotations

import struct

from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.formats.archive_rules import exactly, shown
from pratique.formats.zip_directory import STORED, Entry
from pratique.formats.zip_fields import check_unicode_path, read_extra, wide

_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
_DESCRIPTORS = {12: "<3L", 16: "<4s3L", 20: "<L2Q", 24: "<4sL2Q"}


def content_offset(artefact: ReadAt, entry: Entry) -> int:
    """Where a member's content starts, its local record agreeing with the directory.

    Raises:
        Invalid: the record is missing or says something else.
    """
    fields = _LOCAL.unpack(exactly(artefact, entry.offset, _LOCAL.size))
    signature, _, flags, method, _, _, crc, packed, size = fields[:9]
    name_length: int = fields[9]
    extra_length: int = fields[10]
    if signature != b"PK\x03\x04":
        raise Invalid(f"{shown(entry.name)} is not where the ZIP directory says")
    tail = exactly(artefact, entry.offset + _LOCAL.size, name_length + extra_length)
    extra = read_extra(tail[name_length:], entry.name)
    check_unicode_path(extra, entry.raw_name, entry.name)
    size, packed = _local_sizes(extra, entry, size, packed)
    same = (tail[:name_length], flags, method) == (entry.raw_name, entry.flags, entry.method)
    if not same or not _sizes_agree(entry, crc, packed, size):
        raise Invalid(f"{shown(entry.name)} is described differently before its content and in the ZIP directory")
    return entry.offset + _LOCAL.size + name_length + extra_length


def lenient_offset(artefact: ReadAt, entry: Entry) -> int | None:
    """Where a member's content starts, whatever else its local record says; None where there is no such record."""
    content = artefact.read_at(entry.offset, _LOCAL.size)
    if len(content) != _LOCAL.size or content[:4] != b"PK\x03\x04":
        return None
    name_length, extra_length = _LOCAL.unpack(content)[9:]
    return entry.offset + _LOCAL.size + int(name_length) + int(extra_length)


def _local_sizes(extra: dict[int, bytes], entry: Entry, size: int, packed: int) -> tuple[int, int]:
    """Sizes as the local record states them; with a descriptor they may be zero, whatever its ZIP64 field holds."""
    if entry.has_descriptor and not (size or packed):
        return size, packed
    wide_size, wide_packed = wide(extra, entry.name, (size, packed))
    return wide_size, wide_packed


def _sizes_agree(entry: Entry, crc: int, packed: int, size: int) -> bool:
    stated = (crc, packed, size)
    return stated == (entry.crc, entry.packed, entry.size) or (entry.has_descriptor and stated == (0, 0, 0))


def check_descriptor(artefact: ReadAt, entry: Entry, end: int, following: int) -> None:
    """Check what lies between a member's content and the next record: nothing, or its true descriptor.

    Args:
        artefact: the archive.
        entry: the member.
        end: where the content ends.
        following: where the next local record or the directory starts.

    Raises:
        Invalid: members overlap, bytes hide between them, or the descriptor lies.
    """
    gap = following - end
    if not entry.has_descriptor:
        if gap:
            raise Invalid(
                f"bytes hide behind {shown(entry.name)} in the ZIP archive, or its end overlaps another member"
            )
        return
    if entry.method == STORED and entry.size:
        raise Invalid(f"{shown(entry.name)} is stored with its size behind it; readers in sequence cannot find its end")
    if gap not in _DESCRIPTORS:
        raise Invalid(f"the size that should stand behind {shown(entry.name)} in the ZIP archive is missing")
    fields = struct.unpack(_DESCRIPTORS[gap], exactly(artefact, end, gap))
    signed = gap in (16, 24)
    if fields[-3:] != (entry.crc, entry.packed, entry.size) or (signed and fields[0] != _DESCRIPTOR_SIGNATURE):
        raise Invalid(f"the size behind {shown(entry.name)} differs from the one in the ZIP directory")
