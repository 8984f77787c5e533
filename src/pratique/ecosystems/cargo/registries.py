"""Addresses of indexes, as a dependency names the registry that it comes from.

Source: The Cargo Book, "Registry Index" (`registry` of a dependency) and "Registries" (`sparse+`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

_ADDRESS = re.compile(r"(?:sparse\+)?https?://[!-~]{1,2000}\Z")
_PORTS = {"http": 80, "https": 443}
_INDEXES = ("/index", "/members/index")


def is_index_address(text: object) -> bool:
    """Whether cargo finds an index there by http or https, and a reader can tell where that is."""
    return isinstance(text, str) and _ADDRESS.match(text) is not None and _place(text) is not None


def is_listed_at(registry: str, base_urls: Iterable[str]) -> bool:
    """Whether an address is that of an index of ours.

    Args:
        registry: as a dependency names it.
        base_urls: each `https://host/{repository}/cargo`, without a trailing slash.
    """
    place = _place(registry)
    return place is not None and any(place == _place(base + index) for base in base_urls for index in _INDEXES)


def _place(text: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port and path, in the one spelling that every client makes of them; None for no address."""
    try:
        parts = urlsplit(text.removeprefix("sparse+"))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or _says_more(parts):
        return None
    return parts.scheme, parts.hostname.rstrip("."), port or _PORTS[parts.scheme], parts.path.rstrip("/")


def _says_more(parts: SplitResult) -> bool:
    """Whether it holds a credential, or what a client would drop."""
    return "@" in parts.netloc or "\\" in parts.netloc or bool(parts.query or parts.fragment)
