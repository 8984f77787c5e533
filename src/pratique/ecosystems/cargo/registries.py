"""Addresses of indexes, as a dependency names the registry that it comes from.

Source: The Cargo Book, "Registry Index" (`registry` of a dependency) and "Registries" (`sparse+`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import normpath
from urllib.parse import unquote, urlsplit

_ADDRESS = re.compile(r"(?:sparse\+)?(?i:https?)://[!-\[\]-~]{1,2000}\Z")
_PORTS = {"http": 80, "https": 443}
_INDEXES = ("/index", "/members/index")


def is_index_address(text: object) -> bool:
    """Whether it says that an index is found by http or https, and at which host."""
    return isinstance(text, str) and _ADDRESS.match(text) is not None and _place(text) is not None


def is_listed_at(registry: str, base_urls: Iterable[str]) -> bool:
    """Whether an address is that of an index of ours, however it is spelled.

    Args:
        registry: as a dependency names it.
        base_urls: each `https://host/{repository}/cargo`, without a trailing slash.
    """
    place = _place(registry)
    return place is not None and any(place == _place(base + index) for base in base_urls for index in _INDEXES)


def _place(text: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port and path in one spelling, without what a server is told besides; None for no address."""
    try:
        parts = urlsplit(text.removeprefix("sparse+"))
        port = parts.port
    except ValueError:
        return None
    host = unquote(parts.hostname or "").lower().rstrip(".")
    if parts.scheme not in _PORTS or not host:
        return None
    return parts.scheme, host, port or _PORTS[parts.scheme], normpath("/" + unquote(parts.path).strip("/"))
