"""Addresses that strangers wrote into files: taken apart without believing them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec

_PORTS = {"http": 80, "https": 443}


class WebAddress(msgspec.Struct, frozen=True):
    """An http address.

    Attributes:
        origin: scheme, host and port as everybody writes them: `https://host`, `http://127.0.0.1:7417`.
        path: what follows, with the query, without the fragment.
    """

    origin: str
    path: str

    @property
    def host(self) -> str:
        """The host, without port."""
        return urlsplit(self.origin).hostname or ""

    @property
    def whole(self) -> str:
        """Origin and path: the address without credentials and fragment."""
        return self.origin + self.path

    def below(self, base: str) -> str | None:
        """The path below another address, from its slash on; None if it is not below that."""
        stem = read_address(base)
        if stem is None or stem.origin != self.origin:
            return None
        begin = stem.path.rstrip("/")
        return self.path[len(begin) :] if self.path == begin or self.path.startswith(begin + "/") else None


@lru_cache(maxsize=4096)
def read_address(text: str) -> WebAddress | None:
    """An http or https address without its credentials and fragment; None for anything else.

    With a backslash it is nothing that can be told: some clients take it for a slash that ends the host.
    """
    if not text.isprintable() or " " in text or "\\" in text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme not in _PORTS or not host:
        return None
    named = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{named}" + (f":{port}" if port not in (None, _PORTS[parts.scheme]) else "")
    return WebAddress(origin, parts.path + (f"?{parts.query}" if parts.query else ""))


def is_meant_for_web(text: str) -> bool:
    """Whether some client may fetch this by http, also if nobody can tell from where."""
    return text.strip().lower().startswith(("http:", "https:"))


@lru_cache(maxsize=1024)
def host_is_one_of(host: str, hashes: frozenset[str]) -> bool:
    """Whether the SHA-256 of a host is among these: of hosts whose names are not written down."""
    return hashlib.sha256(host.encode()).hexdigest() in hashes


def origin_of(text: str) -> str:
    """What may be shown of an address: never its credentials, never its path, and not what is no address."""
    address = read_address(text.removeprefix("sparse+").removeprefix("registry+"))
    if address is not None and address.origin.isascii():
        return address.origin
    return "an address that is none"
