"""Read large JSON documents in pieces, so that other threads get their turn in between."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson

LARGE = 1 << 20
"""Bytes from which a document is read in pieces. orjson keeps the interpreter to itself until it is done: 20 MB take
0.1 s and more, during which an event loop answers nobody; finding the pieces takes an eighth of that."""

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


def loads(content: bytes) -> Any:
    """As `orjson.loads`, which it equals in what it returns and raises.

    Raises:
        orjson.JSONDecodeError: it is no JSON.
    """
    if len(content) < LARGE:
        return orjson.loads(content)
    try:
        return _read(memoryview(content), levels=2)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return orjson.loads(content)  # for its words, or because it knows better


def _read(piece: memoryview, levels: int) -> Any:
    """A value; of large ones each member for itself, down to a depth."""
    if not levels or len(piece) < LARGE:
        return orjson.loads(piece)
    begin = bytes(piece[:64]).lstrip()[:1]
    if begin == b"{":
        members = _OBJECT.decode(piece)
        return {name: _read(memoryview(raw), levels - 1) for name, raw in members.items()}
    if begin == b"[":
        return [_read(memoryview(raw), levels - 1) for raw in _ARRAY.decode(piece)]
    return orjson.loads(piece)
