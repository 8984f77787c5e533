"""The fields of core metadata, split in one pass, before a library sees them.

The e-mail parser that everybody reads core metadata with forgives nearly everything, and for some of that takes
time that grows with the square of the input. What it would have to forgive before the description is refused here.

Source: core metadata specification; RFC 5322, sections 2.2 and 2.2.3, for names and folded lines.
"""

from __future__ import annotations

import re

from pratique.core.errors import Invalid, TooLarge

MAX_HEADERS = 1 << 20
"""Bytes of everything before the description; a thousand requirements take about fifty thousand."""

MAX_FIELDS = 5_000
"""Of all names together; the most that was seen is below two thousand."""

MAX_FIELD_NAMES = 100
"""Different ones, by their spelling; the specification knows about thirty. The e-mail parser goes through all fields
for each of them."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
_NAME = re.compile(rb"[!-9;-~]+\Z")
_MESSAGE_FIELDS = frozenset({b"content-type", b"content-transfer-encoding", b"mime-version"})


def read_fields(content: bytes, where: str) -> list[tuple[bytes, list[bytes]]]:
    """Name and lines of every field, in order; what follows the first empty line is not looked at.

    Args:
        content: the file's bytes.
        where: its path, for sentences.

    Raises:
        Invalid: a line that is neither a field nor continues one, or a field of an e-mail message.
        TooLarge: too many fields, too many names or too long.
    """
    fields: list[tuple[bytes, list[bytes]]] = []
    names: set[bytes] = set()
    for line in _lines(content, where):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
            continue
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.match(name):
            raise Invalid(
                f"{where} has the line {_shown(line)} among its fields; a field is `Name: value`, further lines of it "
                "begin with a blank, and an empty line stands before the description"
            )
        names.add(name)
        fields.append((name, [value]))
        _check(name, names, len(fields), where)
    return fields


def _lines(content: bytes, where: str) -> list[bytes]:
    """Those before the first empty one, without their ends. Raises TooLarge."""
    lines: list[bytes] = []
    at = 0
    for end in _LINE_END.finditer(content, 0, MAX_HEADERS):
        if end.start() == at:
            return lines
        lines.append(content[at : end.start()])
        at = end.end()
    if len(content) > MAX_HEADERS:
        raise TooLarge(f"{where} has more than {MAX_HEADERS} bytes of fields before its description")
    return [*lines, content[at:]] if at < len(content) else lines


def _check(name: bytes, names: set[bytes], count: int, where: str) -> None:
    if count > MAX_FIELDS:
        raise TooLarge(f"{where} has more than {MAX_FIELDS} fields")
    if len(names) > MAX_FIELD_NAMES:
        raise TooLarge(f"{where} has more than {MAX_FIELD_NAMES} different fields")
    if name.lower() in _MESSAGE_FIELDS:
        raise Invalid(f"{where} has fields of an e-mail message, which core metadata does not know")


def _shown(line: bytes) -> str:
    return ascii(line[:80].decode("latin-1"))
