"""The extra fields of ZIP records: ZIP64 sizes and Unicode names, each at most once.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.5.1, 4.5.3, 4.6.9.
"""

from __future__ import annotations

import struct
import zlib

from pratique.core.errors import Invalid
from pratique.formats.archive_rules import shown

FULL_16, FULL_32 = 0xFFFF, 0xFFFFFFFF
"""A field of all ones says: look in the ZIP64 extra field."""

_ZIP64, _UNICODE_PATH = 0x0001, 0x7075


def read_extra(content: bytes, name: str) -> dict[int, bytes]:
    """The fields that matter, by their id.

    Raises:
        Invalid: broken lengths, or a field that matters twice.
    """
    found: dict[int, bytes] = {}
    position = 0
    while position < len(content):
        if position + 4 > len(content):
            raise Invalid(f"{shown(name)} has a broken extra field in the ZIP archive")
        kind, length = struct.unpack_from("<HH", content, position)
        value = content[position + 4 : position + 4 + length]
        if len(value) != length or kind in found:
            raise Invalid(f"{shown(name)} has a broken or repeated extra field in the ZIP archive")
        if kind in (_ZIP64, _UNICODE_PATH):
            found[kind] = value
        position += 4 + length
    return found


def wide(extra: dict[int, bytes], name: str, values: tuple[int, ...]) -> tuple[int, ...]:
    """The values, those of all ones replaced by the ZIP64 field's, in its fixed order.

    A field that only says all of them again is what some build tools write.

    Raises:
        Invalid: the field is missing, too short, or longer than what it stands in for.
    """
    needed = sum(value == FULL_32 for value in values)
    field = extra.get(_ZIP64, b"")
    if not needed and field == struct.pack(f"<{len(values)}Q", *values):
        return values
    if len(field) != 8 * needed:
        raise Invalid(f"{shown(name)} has a ZIP64 field that does not fit its record")
    numbers = iter(struct.unpack(f"<{needed}Q", field))
    return tuple(next(numbers) if value == FULL_32 else value for value in values)


def check_unicode_path(extra: dict[int, bytes], raw_name: bytes, name: str) -> None:
    """Refuse a Unicode path field that gives the member another name.

    Raises:
        Invalid: version, checksum or name differ.
    """
    field = extra.get(_UNICODE_PATH)
    if field is not None and field != struct.pack("<BL", 1, zlib.crc32(raw_name)) + raw_name:
        raise Invalid(f"{shown(name)} has a second, different name in the ZIP archive")
