"""`npm search`. Source: libnpmsearch, lib/index.js; npm, lib/utils/format-search-stream.js."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from pratique.core.clock import to_iso
from pratique.core.ecosystem import Rendered
from pratique.core.ecosystem_verbs import Found, FoundProject, SearchQuery
from pratique.core.errors import Invalid

MAX_RESULTS = 100
MAX_OFFSET = 10_000
MAX_TEXT = 200
_USUAL = 20
_QUALIFIERS = ("author:", "maintainer:", "keywords:", "is:", "not:", "boost-exact:")
"""What the npm registry reads in a search beside words. Nothing here is sorted by it: what it asks for is left out."""

_MAX_KEYWORDS = 20


def read_search(query: Mapping[str, str]) -> SearchQuery:
    """The words of the search, `scope:acme` as the beginning of a name. Raises Invalid."""
    text = query.get("text", "")
    if len(text) > MAX_TEXT:
        raise Invalid(f"the search has {len(text)} characters, at most {MAX_TEXT} are looked for")
    words = [_word(word) for word in text.split() if not word.startswith(_QUALIFIERS)]
    size, offset = _number(query, "size", _USUAL), _number(query, "from", 0)
    return SearchQuery(" ".join(words), min(max(size, 1), MAX_RESULTS), min(max(offset, 0), MAX_OFFSET))


def write_search(found: Found) -> Rendered:
    """The results in their order. Nobody is rated here: the scores that clients expect are all the same."""
    objects = [{"package": _package(one), "score": _SCORE, "searchScore": 0} for one in found.projects]
    return Rendered(orjson.dumps({"objects": objects, "total": found.total}), "application/json")


_SCORE = {"final": 0, "detail": {"quality": 0, "popularity": 0, "maintenance": 0}}


def _word(word: str) -> str:
    scope = word.removeprefix("scope:").removeprefix("@")
    return f"@{scope}/" if word.startswith("scope:") else word


def _number(query: Mapping[str, str], field: str, usual: int) -> int:
    try:
        return int(query.get(field, usual))
    except ValueError:
        raise Invalid(f"`{field}` must be a number") from None


def _package(one: FoundProject) -> dict[str, Any]:
    package: dict[str, Any] = {
        "name": one.name,
        "version": one.version,
        "description": one.description,
        "keywords": _keywords(one.manifest.get("keywords")),
        "links": _links(one.manifest),
        "maintainers": [{"username": name, "email": ""} for name in one.owners],
    }
    if one.owners:
        package["publisher"] = {"username": one.owners[0], "email": ""}  # npm prints it, else "by ???"
    if one.published is not None:
        package["date"] = to_iso(one.published)
    return package


def _keywords(said: Any) -> list[str]:
    listed = said if isinstance(said, list) else []
    return [word for word in listed if isinstance(word, str)][:_MAX_KEYWORDS]


def _links(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Addresses that the package names of itself; only those a browser may open."""
    named = {field: _address(manifest.get(field)) for field in ("homepage", "repository", "bugs")}
    return {field: url for field, url in named.items() if url.startswith(("https://", "http://"))}


def _address(said: Any) -> str:
    url = said.get("url") if isinstance(said, dict) else said
    return url.removeprefix("git+") if isinstance(url, str) else ""
