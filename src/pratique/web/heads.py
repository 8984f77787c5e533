"""Heads of requests as clients of packages send them, read in one look; whatever is unusual is left to the parser."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import msgspec

LONGEST = 8_192
"""Bytes; a head that arrives in several pieces, as long ones do, is none of these anyway."""

_PRINTABLE = bytes(range(0x20, 0x7F))
"""ASCII only: about what else means, parsers disagree."""

_NAME = re.compile(r"[A-Za-z0-9-]+")

_NONE_MATCH = "if-none-match"

_ABOUT_THE_ADDRESS = b"pacote-pkg-id:"
"""npm names the package that it asks for once more, here; no answer depends on it."""

_FOR_THE_PARSER = frozenset(
    {"content-length", "transfer-encoding", "expect", "upgrade", "te", "trailer", "http2-settings", "proxy-connection"}
)
"""A body, or another protocol."""

ALIKE, USUAL = 4_096, 1_000
"""So many sets of headers are remembered, of at most so many bytes each."""

_NAMES = 256
"""Names of headers that are remembered as they were sent; clients send the same few all day."""


class Head(msgspec.Struct, frozen=True):
    """A GET without a body.

    Attributes:
        path: as sent.
        headers: by name in lower case, all but If-None-Match and what npm says of the address; no name stands twice.
        none_match: value of If-None-Match.
        lines: these headers as sent: the same ones for every address that a client asks for.
    """

    path: str
    headers: Mapping[str, str]
    none_match: str | None
    lines: bytes


def read_head(data: bytes) -> Head | None:
    """The one request that these bytes are, whole and without anything after it; None for all else.

    Source: RFC 9112, sections 2 to 6; of all that it allows, the part about which nobody can be of two minds.
    """
    if len(data) > LONGEST or not data.endswith(b"\r\n\r\n"):
        return None
    breaks = data.translate(None, _PRINTABLE)
    count = len(breaks) >> 1
    if breaks != b"\r\n" * count or data.count(b"\r\n") != count:  # all other bytes are printable
        return None
    first, _, lines = data[:-4].partition(b"\r\n")
    lines, none_match = _without_none_match(_without_address(lines))
    path, headers = _path(first.decode("ascii")), _headers(lines) if len(lines) <= USUAL else _read_headers(lines)
    if path is None or headers is None or _NONE_MATCH in headers:
        return None
    return Head(path, headers, none_match, lines)


def _without_address(lines: bytes) -> bytes:
    """The headers without the one that says of the address what the address says; a second one stays."""
    at = lines.find(_ABOUT_THE_ADDRESS)
    if at < 0 or (at and lines[at - 2 : at] != b"\r\n"):
        return lines
    end = lines.find(b"\r\n", at)
    return lines[:at] + lines[end + 2 :] if end >= 0 else lines[: max(at - 2, 0)]


def _without_none_match(lines: bytes) -> tuple[bytes, str | None]:
    """The headers without the first If-None-Match, and its value: it is another one for each address."""
    at = max(lines.find(b"-None-Match:"), lines.find(b"-none-match:"))
    if at < 0:
        return lines, None
    begin = lines.rfind(b"\r\n", 0, at) + 2 if b"\r\n" in lines[:at] else 0
    line, _, after = lines[begin:].partition(b"\r\n")
    name, _, value = line.decode("ascii").partition(":")
    if name.lower() != _NONE_MATCH:  # another header that ends like it, or quotes it
        return lines, None
    others = lines[:begin] + after
    return others if after else others[:-2], value.strip()


@functools.lru_cache(maxsize=ALIKE)
def _headers(lines: bytes) -> Mapping[str, str] | None:
    """A client sends the same headers with every request, and to read them costs as much as to answer."""
    return _read_headers(lines)


def _read_headers(lines: bytes) -> Mapping[str, str] | None:
    """Headers by name in lower case; None if they are for the parser."""
    headers: dict[str, str] = {}
    told = lines.decode("ascii").split("\r\n")
    for line in told:
        name, colon, value = line.partition(":")
        known = _known_name(name)
        if known is None or not colon:
            return None
        headers[known] = value.strip()
    if "host" not in headers or len(headers) != len(told):
        return None
    if headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    return headers


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
