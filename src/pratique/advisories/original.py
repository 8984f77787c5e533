"""A record as its feed wrote it, packed to be kept beside the rows that policy looks at."""

from __future__ import annotations

import orjson
from isal import isal_zlib

MAX_PACKED = 256 << 10
"""Bytes. The longest records of public feeds take a tenth of it."""

_LEVEL = 2


def pack(original: bytes) -> bytes:
    """The record in the form that is stored, without white space; empty if it is too long to be kept.

    What is no JSON as others read it, such as broken text in a field that policy ignores, is not kept either.
    """
    try:
        plain = orjson.dumps(orjson.loads(original))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        return b""
    packed: bytes = isal_zlib.compress(plain, _LEVEL)
    return packed if len(packed) <= MAX_PACKED else b""


def unpack(packed: bytes) -> bytes:
    """The record as JSON."""
    plain: bytes = isal_zlib.decompress(packed)
    return plain
