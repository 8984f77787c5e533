"""In which encoding a Python module is written. Source: PEP 263, PEP 3120."""

from __future__ import annotations

import codecs
import functools
import re
import warnings
from enum import StrEnum

_DECLARED = re.compile(rb"[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_EMPTY = re.compile(rb"[ \t\f]*(?:#[^\n]*)?\r?\Z")
_MOST_OF_LINE = 4_000
_MARK = codecs.BOM_UTF8
_ESCAPES = frozenset(("utf-7", "unicode-escape", "raw-unicode-escape"))
"""Encodings in which letters of ASCII are written with other letters of ASCII, and that are read in one go."""

_SLOW = frozenset(("punycode", "idna"))
"""The same, whose decoders take longer than the text is long."""

_PRINTABLE = bytes(range(0x20, 0x7F))


class Writing(StrEnum):
    """How a module can be read by whoever looks at it."""

    PLAIN = "plain"
    DISGUISED = "disguised"
    UNKNOWN = "unknown"
    BROKEN = "broken"


def declared(content: bytes) -> str:
    """The encoding that one of the first two lines names; empty if none does."""
    for line in content[: 2 * _MOST_OF_LINE].removeprefix(_MARK).split(b"\n", 2)[:2]:
        found = _DECLARED.match(line)
        if found is not None:
            return found[1].decode("ascii", "replace")
        if _EMPTY.match(line) is None:
            return ""
    return ""


def writing_of(content: bytes) -> Writing:
    """Whether a module says what its bytes look like.

    Args:
        content: all of a module, or its beginning.
    """
    name = declared(content)
    known = _known(name) if name else "utf-8"
    if known is None:
        return Writing.UNKNOWN
    if not _reads_as_ascii(known):
        return Writing.DISGUISED
    try:
        content.decode(known)
    except UnicodeError as error:
        at_end = isinstance(error, UnicodeDecodeError) and error.start > len(content) - 4
        return Writing.PLAIN if at_end else Writing.BROKEN
    return Writing.PLAIN


def decoded(content: bytes) -> str:
    """A module as Python reads it; what cannot be decoded shows as replacement characters."""
    known = _known(declared(content)) or "utf-8"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        text = content.removeprefix(_MARK).decode("utf-8" if known in _SLOW else known, "replace")
    return text.removeprefix("\ufeff")


@functools.lru_cache(256)
def _known(name: str) -> str | None:
    """Python's own name of an encoding; None for what is no encoding of texts that Python comes with."""
    try:
        found = codecs.lookup(name)
        "".encode(found.name)
    except (LookupError, ValueError, UnicodeError):
        return None
    return found.name


@functools.lru_cache(256)
def _reads_as_ascii(name: str) -> bool:
    if name in _ESCAPES or name in _SLOW or name.startswith(("hz", "iso2022")):
        return False
    try:
        return _PRINTABLE.decode(name) == _PRINTABLE.decode("ascii")
    except UnicodeError:
        return False
