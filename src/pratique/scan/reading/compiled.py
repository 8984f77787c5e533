"""The texts inside compiled code: names and constants of class files, strings of libraries. Nothing is disassembled."""

from __future__ import annotations

import re

from pratique.formats.file_kind import FileKind

MAX_TEXTS = 40_000
"""Texts that are taken from one file."""

_ASCII = re.compile(rb"[\x20-\x7e]{5,2000}")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){5,2000}")
_FIXED = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
"""Bytes behind the tag of each constant that has a fixed length (JVM specification, section 4.4)."""


def texts_of(content: bytes, kind: FileKind) -> list[str]:
    """The texts of compiled code, each once, in the order of the file."""
    if kind is FileKind.CLASS:
        return _constants(content)
    found = dict.fromkeys(match[0].decode("ascii") for match in _take(_ASCII, content))
    found.update(dict.fromkeys(match[0].decode("utf-16-le") for match in _take(_WIDE, content)))
    return list(found)


def _take(pattern: re.Pattern[bytes], content: bytes) -> list[re.Match[bytes]]:
    return [match for _, match in zip(range(MAX_TEXTS), pattern.finditer(content), strict=False)]


def _constants(content: bytes) -> list[str]:
    """The UTF-8 constants of a class file; as many as can be read of a broken one."""
    count = int.from_bytes(content[8:10], "big")
    found: list[str] = []
    place, index = 10, 1
    while index < count and place < len(content) and len(found) < MAX_TEXTS:
        tag = content[place]
        if tag == 1:
            length = int.from_bytes(content[place + 1 : place + 3], "big")
            found.append(content[place + 3 : place + 3 + length].decode("utf-8", "replace"))
            place += 3 + length
        elif tag in _FIXED:
            place += 1 + _FIXED[tag]
            index += tag in (5, 6)
        else:
            break
        index += 1
    return found
