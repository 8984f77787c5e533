"""URLs as we accept them: of a configured upstream, and named by a document or a redirect."""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec
from yarl import URL

from pratique.core.errors import BadUpstream, Invalid
from pratique.core.sentences import clean

_VISIBLE = re.compile(r"[!-~]+\Z")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\Z|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\Z")
_PORTS = {"http": 80, "https": 443}
_LONGEST = 8_192


class Endpoint(msgspec.Struct, frozen=True):
    """Scheme, host and port: what has to be equal for two URLs to lead to the same server."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """`example.test`, with the port where it is not the usual one: the form that sentences use."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if _PORTS[self.scheme] == self.port else f"{host}:{self.port}"


def endpoint_of(url: URL) -> Endpoint:
    """Where a URL that `read_upstream_url` or `read_named_url` returned leads."""
    host = (url.raw_host or "").rstrip(".").lower()
    return Endpoint(url.scheme, host, url.port or _PORTS[url.scheme])


def read_upstream_url(text: str) -> URL:
    """Read the base URL of an upstream from the settings; it never ends with a slash.

    Raises:
        Invalid: not an http or https URL, or one that carries a password, a query or a fragment.
    """
    url = _parse(text)
    if url is None:
        raise Invalid(
            f'"{clean(text)[:100]}" is not the URL of an upstream; write https://host/path or http://host/path'
        )
    if _has_credentials(url):
        raise Invalid(
            f"the URL of upstream {endpoint_of(url)} carries a user or password; give them in fields of their own"
        )
    if url.raw_query_string or url.raw_fragment:
        raise Invalid(f"the URL of upstream {endpoint_of(url)} carries a query or fragment; leave it out")
    return URL(str(url).rstrip("/"), encoded=True)


def read_named_url(text: str, base: URL) -> URL:
    """Read a URL that a document or a redirect names, relative to where that came from.

    Raises:
        BadUpstream: it is none that can be fetched over HTTP, or it carries a password.
    """
    url = _parse(text, base)
    if url is None:
        shown = clean(text)[:60]
        raise BadUpstream(
            f'Upstream {endpoint_of(base)} names an address that cannot be fetched: "{shown}"; tell its operator'
        )
    if _has_credentials(url):
        raise BadUpstream(
            f"Upstream {endpoint_of(base)} names an address with a user or password in it; tell its operator"
        )
    return url.with_fragment(None) if url.raw_fragment else url


def below(base: URL, path: str) -> URL:
    """The URL of a path below an upstream's base, its percent-encoding kept as it is.

    Raises:
        Invalid: the path would leave the base.
    """
    if not _VISIBLE.match(path or "-") or {".", ".."} & set(unquote(path).split("/")):
        raise Invalid(f'"{clean(path)[:100]}" cannot be asked for upstream: it is not a plain path')
    return URL(f"{base}/{path.lstrip('/')}", encoded=True)


def _parse(text: str, base: URL | None = None) -> URL | None:
    """An absolute http(s) URL with a host, or None."""
    if len(text) > _LONGEST:
        return None
    try:
        url = URL(text, encoded=bool(_VISIBLE.match(text)))
        url = base.join(url) if base is not None else url
        if url.scheme not in _PORTS or not url.raw_host or not url.port:
            return None
        str(url).encode("ascii")
    except ValueError:
        return None
    return url if _VISIBLE.match(str(url)) and _HOST.match(url.raw_host) else None


def _has_credentials(url: URL) -> bool:
    return url.raw_user is not None or url.raw_password is not None or "@" in url.raw_authority
