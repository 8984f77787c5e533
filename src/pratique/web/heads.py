"""Heads of requests as clients of packages send them, read in one look; whatever is unusual is left to the parser."""

from __future__ import annotations

import re

import msgspec

LONGEST = 8_192
"""Bytes; a head that arrives in several pieces, as long ones do, is none of these anyway."""

_HEAD = re.compile(rb"GET (/[!-\"$-~]*) HTTP/1\.1\r\n((?:[A-Za-z0-9-]+:[ -~]*\r\n)+)\r\n\Z")
"""Printable ASCII only: about what else means, parsers disagree."""

_FOR_THE_PARSER = frozenset(
    {"content-length", "transfer-encoding", "expect", "upgrade", "te", "trailer", "http2-settings", "proxy-connection"}
)
"""A body, or another protocol."""


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
    if len(data) > LONGEST:
        return None
    found = _HEAD.match(data)
    if found is None:
        return None
    path, lines = found.groups()
    headers: dict[str, str] = {}
    for line in lines.decode("ascii").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    del headers[""]  # after the last line
    if "host" not in headers or len(headers) != lines.count(b"\n") or not _FOR_THE_PARSER.isdisjoint(headers):
        return None
    if headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    return Head(path.decode("ascii"), headers)
