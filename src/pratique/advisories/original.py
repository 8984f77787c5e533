"""A record as its feed wrote it, packed to be kept beside the rows that policy looks at."""

from __future__ import annotations

import re
from typing import Any

import orjson
from isal import isal_zlib

from pratique.core.clock import from_iso, to_iso

MAX_PACKED = 256 << 10
"""Bytes. The longest records of public feeds take a tenth of it."""

_LEVEL = 2

_TIMES = ("modified", "published", "withdrawn")
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def pack(original: bytes) -> bytes:
    """The record in the form that is stored, without white space; empty if it is too long to be kept.

    What is no JSON as others read it, such as broken text in a field that policy ignores, is not kept either. Times
    are written as the schema wants them, in UTC with a `Z`: pip-audit stops at any other.
    """
    try:
        plain = orjson.dumps(_with_plain_times(orjson.loads(original)))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        return b""
    packed: bytes = isal_zlib.compress(plain, _LEVEL)
    return packed if len(packed) <= MAX_PACKED else b""


def _with_plain_times(record: Any) -> Any:
    if not isinstance(record, dict):
        return record
    return {**record, **{field: _plain(record[field]) for field in _TIMES if isinstance(record.get(field), str)}}


def _plain(time: str) -> str:
    if _UTC.fullmatch(time):
        return time
    try:
        return to_iso(from_iso(time))
    except (ValueError, OverflowError):
        return time


def unpack(packed: bytes) -> bytes:
    """The record as JSON."""
    plain: bytes = isal_zlib.decompress(packed)
    return plain
