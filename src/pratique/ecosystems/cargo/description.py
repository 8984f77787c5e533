"""`config.json`, with which an index tells where its crates and its web API are.

Source: The Cargo Book, "Registry Index", Index Configuration.
"""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit

import orjson

from pratique.core.artifacts import FileView
from pratique.core.ecosystem import Rendered, UpstreamRequest
from pratique.core.errors import BadUpstream
from pratique.ecosystems.cargo.names import index_path

_MARKERS = ("{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}")
REQUEST = UpstreamRequest("config.json", {"Accept": "application/json"})


def write_description(base_url: str, *, needs_credential: bool, members_only: bool) -> Rendered:
    """Where to download and publish.

    Args:
        base_url: `https://host/{repository}/cargo`.
        needs_credential: nobody reads here without a token.
        members_only: it was asked for below `/members/`, where a token is always sent.
    """
    base = f"{base_url}/members" if members_only else base_url
    said: dict[str, str | bool] = {"dl": f"{base}/files/{{crate}}/{{crate}}-{{version}}.crate", "api": base}
    if needs_credential or members_only:
        said["auth-required"] = True
    return Rendered(orjson.dumps(said), "application/json")


def locate(file: FileView, description: bytes, url: str) -> str:
    """Where an upstream serves a crate.

    Args:
        file: as its index lists it.
        description: the upstream's `config.json`.
        url: where that came from; a relative `dl` counts from there.

    Raises:
        BadUpstream: the description names no place for downloads.
    """
    try:
        said = orjson.loads(description)
    except orjson.JSONDecodeError:
        said = None
    template = said.get("dl") if isinstance(said, dict) else None
    if not isinstance(template, str) or not template:
        raise BadUpstream("the upstream's config.json names no `dl`, so nobody knows where its crates are")
    if not any(marker in template for marker in _MARKERS):
        template += "/{crate}/{version}/download"
    return _absolute(_filled(template, file), url)


def _filled(template: str, file: FileView) -> str:
    name = str(file.raw["name"])
    values = {
        "{crate}": quote(name),
        "{version}": quote(file.version, safe="+"),
        "{prefix}": index_path(name).rpartition("/")[0],
        "{lowerprefix}": index_path(name.lower()).rpartition("/")[0],
        "{sha256-checksum}": file.digests.sha256 or "",
    }
    for marker, value in values.items():
        template = template.replace(marker, value)
    return template


def _absolute(template: str, url: str) -> str:
    try:
        absolute = urljoin(url, template)
        parts = urlsplit(absolute)
    except ValueError:
        raise BadUpstream("the upstream's config.json names a `dl` that is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise BadUpstream("the upstream's config.json names a `dl` that is no address")
    return absolute
