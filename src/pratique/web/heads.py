"""Heads of requests as clients of packages send them, read in one look; whatever is unusual is left to the parser."""

from __future__ import annotations

import functools
import re

import msgspec

LONGEST = 8_192
"""Bytes; a head that arrives in several pieces, as long ones do, is none of these anyway."""

_PRINTABLE = bytes(range(0x20, 0x7F))
"""ASCII only: about what else means, parsers disagree."""

_NAME = re.compile(r"[A-Za-z0-9-]+")

_FOR_THE_PARSER = frozenset(
    {"content-length", "transfer-encoding", "expect", "upgrade", "te", "trailer", "http2-settings", "proxy-connection"}
)
"""A body, or another protocol."""

_NAMES = 256
"""Names of headers that are remembered as they were sent; clients send the same few all day."""


class Head(msgspec.Struct, frozen=True):
    """A GET without a body.

    Attributes:
        path: as sent.
        headers: by name in lower case; no name stands twice.
    """

    path: str
    headers: dict[str, str]


def read_head(data: bytes) -> Head | None:
    """The one request that these bytes are, whole and without anything after it; None for all else.

    Source: RFC 9112, sections 2 to 6; of all that it allows, the part about which nobody can be of two minds.
    """
    if len(data) > LONGEST or not data.endswith(b"\r\n\r\n"):
        return None
    breaks = data.translate(None, _PRINTABLE)
    if breaks != b"\r\n" * (len(breaks) >> 1):  # all other bytes are printable
        return None
    first, *lines = data[:-4].decode("ascii").split("\r\n")
    path = _path(first)
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        known = _known_name(name)
        if known is None or not colon:
            return None
        headers[known] = value.strip()
    if path is None or "host" not in headers or len(headers) != len(lines):
        return None
    if headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    return Head(path, headers)


def _path(first: str) -> str | None:
    """The path of a GET's first line, if it is one, without a fragment."""
    if not first.startswith("GET /") or not first.endswith(" HTTP/1.1"):
        return None
    path = first[4:-9]
    return None if " " in path or "#" in path else path


@functools.lru_cache(maxsize=_NAMES)
def _known_name(name: str) -> str | None:
    """A header's name in lower case; None for what is no name, and for what the parser has to read."""
    known = name.lower()
    return known if _NAME.fullmatch(name) and known not in _FOR_THE_PARSER else None
