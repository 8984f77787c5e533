"""Lists of names as people and registries have them, read as they stream in.

Three forms: lines `name[<TAB>rank[<TAB>downloads a month]]`; the simple index of a Python registry as JSON (PEP 691);
all documents of an npm registry as its `_all_docs` tells them. A plain JSON list of names will do, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from pratique.core.errors import Invalid
from pratique.formats.json_items import read_items

LONGEST_LINE = 16 << 10
"""Bytes; no registry has names of a tenth of that."""

_KEYS = ("projects", "rows")
_FIELDS = ("name", "id")
_FORMS = "lines `name[<TAB>rank[<TAB>downloads]]`, a simple index in JSON (PEP 691), or npm's `_all_docs`"


class Listed(NamedTuple):
    """One name of a list, as it is written there.

    Attributes:
        rank: from 1, the most popular first; None where the list has none.
        downloads: a month, where the list has them.
    """

    name: str
    rank: int | None = None
    downloads: int | None = None


def read_list(chunks: Iterable[bytes]) -> Iterator[Listed]:
    """Read a list in whatever form it has; a form is known by its first character.

    Raises:
        Invalid: it has none of the forms; the sentence says where it has not.
    """
    rest = iter(chunks)
    first = next((chunk for chunk in rest if chunk.strip()), b"")
    whole = chain((first,), rest)
    if first.startswith((b"\x1f\x8b", b"PK\x03\x04", b"\xfd7zXZ", b"BZh")):
        raise Invalid("the file is packed; unpack it first")
    return _of_json(whole) if first.lstrip()[:1] in (b"{", b"[") else _of_lines(whole)


def _of_json(chunks: Iterable[bytes]) -> Iterator[Listed]:
    for number, item in enumerate(read_items(chunks, _KEYS), 1):
        name = _name_of(item)
        if name is None:
            raise Invalid(f"member {number:,} of the list has no name: {str(item)[:80]!a}; what can be read: {_FORMS}")
        yield Listed(name)


def _name_of(item: Any) -> str | None:
    if isinstance(item, dict):
        item = next((item[field] for field in _FIELDS if field in item), None)
    return item if isinstance(item, str) else None


def _of_lines(chunks: Iterable[bytes]) -> Iterator[Listed]:
    for number, raw in enumerate(_lines(chunks), 1):
        try:
            line = raw.decode().rstrip("\r")
        except UnicodeDecodeError:
            line = "\0"
        if "\0" in line:
            raise Invalid(f"line {number:,} is no text in UTF-8; what can be read: {_FORMS}")
        if line.strip():
            yield _of_line(number, line)


def _of_line(number: int, line: str) -> Listed:
    name, *rest = line.split("\t")
    if not name.strip() or not all(_is_count(one) for one in rest[:2]):
        raise Invalid(
            f"line {number:,} is {line[:80]!a}; it should be a name, and perhaps its rank and downloads a month"
        )
    counts = [int(one) for one in rest[:2]]
    return Listed(name.strip(), *counts)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        *whole, held = (held + chunk).split(b"\n")
        yield from whole
        if len(held) > LONGEST_LINE:
            raise Invalid(f"a line has more than {LONGEST_LINE:,} bytes; no name has. What can be read: {_FORMS}")
    if held:
        yield held


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
