"""Lists of names as people and registries have them, read as they stream in.

Three forms: lines `name[<TAB>rank[<TAB>downloads a month]]`; the simple index of a Python registry as JSON (PEP 691);
all documents of an npm registry as its `_all_docs` tells them. A plain JSON list of names will do, too.
"""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from pratique.core.errors import Invalid
from pratique.formats.json_items import read_items
from pratique.naming.corpus import Known
from pratique.naming.exact_index import MOST_NAMES

LONGEST_LINE = 16 << 10
"""Bytes; no registry has names of a tenth of that."""

MOST = MOST_NAMES // 2
"""Names that are read into memory at once."""

_TELLING = 8
"""Bytes that tell what a file is."""
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\xfd7zXZ", b"BZh")

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
    return _read(chunks, _of_line)


def read_popular(chunks: Iterable[bytes]) -> list[Known]:
    """Read a list in which every name has a rank, into the order of rank. Raises Invalid as `read_list`."""
    found: list[tuple[int, Known]] = []
    for one in read_list(chunks):
        if one.rank is None:
            raise Invalid(
                f"{one.name[:80]!a} has no rank in the list of popular names; each line should be a name, a tab and "
                "its rank, and perhaps a tab and its downloads a month"
            )
        found.append((one.rank, Known(one.name, one.downloads)))
    return [known for _, known in sorted(found, key=lambda one: one[0])]


def read_names(chunks: Iterable[bytes]) -> list[str]:
    """Read the names of a list, whatever follows them after a tab. Raises Invalid as `read_list`, or for too many."""
    found: list[str] = []
    for one in _read(chunks, _name_alone):
        found.append(one.name)
        if len(found) > MOST:
            raise Invalid(f"the list has more than {MOST:,} names; fewer are read into memory at once")
    return found


def _read(chunks: Iterable[bytes], of_line: Callable[[int, str], Listed]) -> Iterator[Listed]:
    rest = iter(chunks)
    first = next((chunk for chunk in rest if chunk.strip()), b"")
    while 0 < len(first) < _TELLING and (more := next(rest, b"")):
        first += more
    first = first.removeprefix(BOM_UTF8)
    if first.startswith(_PACKED):
        raise Invalid("the file is packed; unpack it first")
    if first.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise Invalid("the file is text in UTF-16; save it in UTF-8")
    start = first.lstrip()[:1]
    if start == b"<":
        raise Invalid(f"the file is a web page and no list; what can be read: {_FORMS}")
    whole = chain((first,), rest)
    return _of_json(whole) if start in (b"{", b"[") else _of_lines(whole, of_line)


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


def _of_lines(chunks: Iterable[bytes], of_line: Callable[[int, str], Listed]) -> Iterator[Listed]:
    for number, raw in enumerate(_lines(chunks), 1):
        try:
            line = raw.decode().rstrip("\r")
        except UnicodeDecodeError:
            line = "\0"
        if "\0" in line:
            raise Invalid(f"line {number:,} is no text in UTF-8; what can be read: {_FORMS}")
        if line.strip():
            yield of_line(number, line)


def _name_alone(number: int, line: str) -> Listed:
    name = line.partition("\t")[0].strip()
    if not name:
        raise Invalid(f"line {number:,} is {line[:80]!a}; it should begin with a name")
    return Listed(name)


def _of_line(number: int, line: str) -> Listed:
    name, *rest = line.split("\t")
    if not name.strip() or not all(_is_count(one) for one in rest[:2]):
        raise Invalid(
            f"line {number:,} is {line[:80]!a}; it should be a name, and perhaps its rank and downloads a month"
        )
    counts = [int(one) for one in rest[:2]]
    if counts[:1] == [0]:
        raise Invalid(f"line {number:,} is {line[:80]!a}: ranks begin at 1, the most popular name's")
    return Listed(name.strip(), *counts)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        *whole, held = (held + chunk).split(b"\n")
        for line in (*whole, held):
            if len(line) > LONGEST_LINE:
                raise Invalid(f"a line has more than {LONGEST_LINE:,} bytes; no name has. What can be read: {_FORMS}")
        yield from whole
    if held:
        yield held


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
