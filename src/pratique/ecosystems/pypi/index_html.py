"""Read a PEP 503 page into the shape of a PEP 691 document, for upstreams that only speak HTML.

Source: PEP 503, PEP 592, PEP 629, PEP 658, PEP 714, PEP 740, PEP 792.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from pratique.core.errors import BadUpstream
from pratique.ecosystems.pypi.html_tags import Tag, read_tags

MAX_PAGE = 16 << 20
"""Bytes of HTML; the largest pages of PyPI have about four million."""


def read_page(content: bytes, url: str) -> dict[str, Any]:
    """The document a page stands for: `meta`, `files` with absolute URLs, `project-status` if given.

    Raises:
        BadUpstream: too large, not UTF-8, or not recognisable as a package index page.
    """
    if len(content) > MAX_PAGE:
        raise BadUpstream(f"the upstream's page has {len(content)} bytes; at most {MAX_PAGE} of HTML are read")
    page = _Page(url)
    try:
        for tag in read_tags(content.decode()):
            page.take(tag)
    except ValueError:
        raise BadUpstream("the upstream's page is not well-formed UTF-8 HTML; is this URL a package index?") from None
    if not page.is_index:
        raise BadUpstream(
            "the upstream answered with a web page that is no package index; check its URL in the settings"
        )
    document: dict[str, Any] = {"meta": {"api-version": page.version}, "files": page.files}
    if page.status:
        document["project-status"] = page.status
    return document


class _Page:
    """Collects anchors and the metadata of a page."""

    def __init__(self, url: str) -> None:
        self.files: list[dict[str, Any]] = []
        self.status: dict[str, str] = {}
        self.version = "1.0"
        self._base = url
        self._named = False

    @property
    def is_index(self) -> bool:
        """A page with files, with the index's version mark, or with its customary title."""
        return bool(self.files) or self._named

    def take(self, tag: Tag) -> None:
        """Note what a tag says."""
        if tag.name == "a" and "href" in tag.attributes:
            self._add_anchor(tag.attributes)
        elif tag.name == "base" and "href" in tag.attributes:
            self._base = _joined(self._base, tag.attributes["href"])
        elif tag.name == "meta":
            self._read_meta(tag.attributes.get("name", ""), tag.attributes.get("content", ""))
        elif tag.name == "title" and tag.text.strip().lower().startswith("links for"):
            self._named = True

    def _read_meta(self, name: str, content: str) -> None:
        if name == "pypi:repository-version":
            self.version, self._named = content, True
        elif name == "pypi:project-status":
            self.status["status"] = content
        elif name == "pypi:project-status-reason":
            self.status["reason"] = content

    def _add_anchor(self, attributes: dict[str, str]) -> None:
        location, _, fragment = _joined(self._base, attributes["href"]).partition("#")
        filename = _last_segment(location)
        if not filename:
            return
        entry: dict[str, Any] = {"filename": filename, "url": location, "hashes": {}}
        algorithm, equals, value = fragment.partition("=")
        if equals:
            entry["hashes"][algorithm] = value
        if "data-requires-python" in attributes:
            entry["requires-python"] = attributes["data-requires-python"]
        if "data-yanked" in attributes:
            entry["yanked"] = attributes["data-yanked"] or True
        if attributes.get("data-provenance"):
            entry["provenance"] = attributes["data-provenance"]
        for key in ("core-metadata", "dist-info-metadata"):
            if "data-" + key in attributes:
                entry[key] = _stated_metadata(attributes["data-" + key])
        self.files.append(entry)


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""


def _last_segment(location: str) -> str:
    try:
        return unquote(urlsplit(location).path.rpartition("/")[2])
    except ValueError:
        return ""


def _stated_metadata(value: str) -> bool | dict[str, str]:
    algorithm, equals, digest = value.partition("=")
    if equals:
        return {algorithm: digest}
    return value.lower() == "true"
