"""Which of our public URLs a request came by; a Host that is none of them is not ours to answer."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from pratique.core.errors import PratiqueError
from pratique.core.loopback import is_loopback


class UnknownHost(PratiqueError):
    """The request names a host that this server does not go by."""

    status = 421


class Hosts:
    """Host header to public URL. Absolute links are built from these only, never from the header."""

    def __init__(self, public_urls: Iterable[str]) -> None:
        self._by_host = {urlsplit(url).netloc.lower(): url.rstrip("/") for url in public_urls}
        self._elsewhere = frozenset(
            url for url in self._by_host.values() if not is_loopback(urlsplit(url).hostname or "")
        )

    def public_url(self, host: str) -> str:
        """The public URL of a Host header.

        Raises:
            UnknownHost: the sentence says which setting names hosts.
        """
        url = self._by_host.get(host.lower())
        if url is None:
            raise UnknownHost("this server does not go by that host name; its names are the setting public_urls")
        return url

    def is_known_elsewhere(self, public_url: str) -> bool:
        """Whether a public URL is more than this machine's name for itself, which other servers on it share."""
        return public_url in self._elsewhere
