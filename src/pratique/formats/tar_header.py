"""Read single tar headers: the ustar block, GNU long names, pax records.

Source: POSIX.1-2017 pax, "ustar Interchange Format" and "pax Extended Header"; GNU tar manual, "Basic Tar Format".
"""

from __future__ import annotations

import re

import msgspec

from pratique.core.errors import Invalid
from pratique.formats.archive_rules import MAX_NAME, shown

BLOCK = 512
_OCTAL = re.compile(rb" *([0-7]*)[ \0]*\Z")


EXTENSION_KINDS = (b"x", b"g", b"L", b"K")
"""Headers that say more about the member that follows: pax, global pax, GNU long name, GNU long link."""


class Header(msgspec.Struct, frozen=True):
    """What one header block says."""

    name: str
    kind: bytes
    size: int
    target: str = ""


class Extension(msgspec.Struct, frozen=True):
    """What the extended headers before a member say about it; None where they do not."""

    path: str | None = None
    target: str | None = None
    size: int | None = None


def read_header(block: bytes) -> Header:
    """Read one 512-byte header.

    Raises:
        Invalid: wrong checksum, wrong numbers, or names that are not UTF-8.
    """
    if len(block) != BLOCK:
        raise Invalid("the tar archive is cut short; build and upload it again")
    stated = _number(block[148:156])
    computed = sum(block) - sum(block[148:156]) + 8 * ord(" ")
    if stated != computed:
        raise Invalid("the tar archive is damaged: a header's checksum is wrong")
    name = _text(block[0:100])
    if block[345]:
        if block[257:265] != b"ustar\x0000":
            # Other dialects keep times there, and extractors disagree about whether they are part of the name.
            raise Invalid(f"{shown(name)} has a second part of its name in a dialect of tar that knows none")
        name = f"{_text(block[345:500])}/{name}"
    return Header(name, block[156:157], _number(block[124:136]), _text(block[157:257]))


def raw_header(block: bytes) -> Header | None:
    """A header as most extractors take it although it is odd; None where its checksum or size cannot be believed."""
    if len(block) != BLOCK:
        return None
    try:
        stated, size = _number(block[148:156]), _number(block[124:136])
    except Invalid:
        return None
    if stated != sum(block) - sum(block[148:156]) + 8 * ord(" "):
        return None
    first, name, target = (field.split(b"\0", 1)[0] for field in (block[345:500], block[:100], block[157:257]))
    if first and block[257:262] == b"ustar" and block[262:264] != b" \0":
        name = first + b"/" + name
    return Header(name.decode("utf-8", "replace"), block[156:157], size, target.decode("utf-8", "replace"))


def _number(field: bytes) -> int:
    """A numeric field: octal, or GNU's base-256 when the top bit is set."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    match = _OCTAL.match(field)
    if match is None:
        raise Invalid("the tar archive is damaged: a header's number is not octal")
    return int(match[1] or b"0", 8)


def _text(field: bytes) -> str:
    return _decoded(field.split(b"\0", 1)[0])


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Invalid(f"the archive holds a name that is not UTF-8: {shown(raw.decode('latin-1'))}") from None


def read_extension(before: Extension, kind: bytes, content: bytes) -> Extension:
    """Read one extended header's content and add it to what earlier ones said.

    Raises:
        Invalid: broken, naming something a second time, sparse maps, or a global header that renames.
    """
    if kind == b"L":
        found = Extension(path=_long_name(content))
    elif kind == b"K":
        found = Extension(target=_long_name(content))
    else:
        found = _pax(content)
    if kind == b"g" and found != Extension():
        raise Invalid("the tar archive holds a global header that renames or resizes; extractors disagree about it")
    said = {field: getattr(found, field) for field in Extension.__struct_fields__ if getattr(found, field) is not None}
    if any(getattr(before, field) is not None for field in said):
        raise Invalid("the tar archive names one member twice in its extended headers")
    return msgspec.structs.replace(before, **said)


def apply_extension(header: Header, extension: Extension) -> Header:
    """The header with what its extended headers say.

    Raises:
        Invalid: they state another size: extractors that skip them would read other members.
    """
    if extension.size is not None and extension.size != header.size:
        raise Invalid(f"{shown(header.name)} has two sizes in the tar archive; extractors disagree about it")
    return extended(header, extension)


def extended(header: Header, extension: Extension) -> Header:
    """The header with what its extended headers say, whatever that is."""
    return msgspec.structs.replace(
        header,
        name=header.name if extension.path is None else extension.path,
        target=header.target if extension.target is None else extension.target,
        size=header.size if extension.size is None else extension.size,
    )


def _long_name(content: bytes) -> str:
    name, _, rest = content.partition(b"\0")
    if not name or rest.strip(b"\0") or len(name) > MAX_NAME:
        raise Invalid("the tar archive holds a broken long-name header")
    return _decoded(name)


def _pax(content: bytes) -> Extension:
    records = _pax_records(content)
    if any(key.startswith(b"GNU.sparse") for key in records):
        raise Invalid("the tar archive holds a sparse file; extractors disagree about those")
    size = records.get(b"size")
    if size is not None and not (size.isdigit() and len(size) < 20):
        raise Invalid("the tar archive holds a pax header whose size is no number")
    path, target = records.get(b"path"), records.get(b"linkpath")
    return Extension(
        path=None if path is None else _decoded(path),
        target=None if target is None else _decoded(target),
        size=None if size is None else int(size),
    )


def _pax_records(content: bytes) -> dict[bytes, bytes]:
    """Keys to values; a record is its own length in decimal, a blank, `key=value` and a line feed."""
    records: dict[bytes, bytes] = {}
    position = 0
    while position < len(content):
        digits, blank, _ = content[position : position + 9].partition(b" ")
        length = int(digits) if digits.isdigit() else 0
        record = content[position + len(digits) + 1 : position + length]
        key, equals, value = record.partition(b"=")
        if not (blank and equals and key and value.endswith(b"\n")) or position + length > len(content):
            raise Invalid("the tar archive holds a broken pax header")
        if key in records:
            raise Invalid(f"the tar archive holds a pax header with {shown(key.decode('latin-1'))} twice")
        records[key] = value[:-1]
        position += length
    return records
