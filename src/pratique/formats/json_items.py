"""The members of one long list in a JSON document, one after the other, however long the document is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from pratique.core.errors import Invalid

MOST_HEAD = 1 << 20
"""Bytes of a document before its list."""
MOST_ITEM = 64 << 10
"""Bytes of one member."""

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
_OPENING = (b"{", b"[", b'"')
_DEEPER = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
_BEHIND = re.compile(rb"[,\]\s]")
_BETWEEN = re.compile(rb"[\s,]*")
_CUT = "the document ends in the middle of its list; it was cut short"


def read_items(chunks: Iterable[bytes], keys: Iterable[str]) -> Iterator[Any]:
    """Read the members of the list that stands under one of some keys, or that the document is itself.

    Args:
        chunks: the document, in pieces of any size.
        keys: of the list.

    Raises:
        Invalid: there is no such list within the first bytes, a member is no JSON or a very long one, or the document
            was cut short.
    """
    rest = iter(chunks)
    buffer, place = _after_head(rest, tuple(keys)), 0
    while True:
        place = _end_of(_BETWEEN, buffer, place)
        if buffer.startswith(b"]", place):
            return
        end = _end_of_item(buffer, place)
        if end:
            yield _loaded(buffer[place:end])
            place = end
            continue
        if len(buffer) - place > MOST_ITEM:
            raise Invalid(f"a member of the list has more than {MOST_ITEM:,} bytes; no name has")
        more = next(rest, None)
        if more is None:
            raise Invalid(_CUT)
        buffer, place = buffer[place:] + more, 0


def _end_of(pattern: re.Pattern[bytes], buffer: bytes, place: int) -> int:
    found = pattern.match(buffer, place)
    return place if found is None else found.end()


def _after_head(rest: Iterator[bytes], keys: tuple[str, ...]) -> bytes:
    """What stands behind the bracket that opens the list. Raises Invalid."""
    opening = re.compile(rb'"(?:%s)"\s*:\s*\[' % "|".join(keys).encode())
    head = b""
    while True:
        if head.lstrip().startswith(b"["):
            return head.lstrip()[1:]
        found = opening.search(head)
        if found is not None:
            return head[found.end() :]
        more = next(rest, None)
        if more is None or len(head) > MOST_HEAD:
            named = " or ".join(f'"{key}"' for key in keys)
            raise Invalid(f"the JSON document holds no list of names: none under {named}, and it is none itself")
        head += more


def _end_of_item(buffer: bytes, place: int) -> int:
    """Where the member that begins at a place ends; 0 if that is not here yet."""
    if buffer[place : place + 1] not in _OPENING:
        found = _BEHIND.search(buffer, place)
        return found.start() if found else 0
    depth = 0
    for token in _TOKEN.finditer(buffer, place, place + MOST_ITEM + 1):
        if token[0] == b'"':
            return 0  # a string whose end is not here yet
        depth += _DEEPER.get(token[0], 0)
        if depth == 0:
            return token.end()
    return 0


def _loaded(item: bytes) -> Any:
    try:
        return orjson.loads(item)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"a member of the list is no JSON: {error.msg}") from error
