"""`cargo search`. Source: The Cargo Book, "Registry Web API", Search."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from pratique.core.ecosystem import Rendered
from pratique.core.ecosystem_verbs import Found, SearchQuery
from pratique.core.errors import Invalid

MAX_RESULTS = 100
_USUAL = 10


def read_search(query: Mapping[str, str]) -> SearchQuery:
    """What is searched for. Raises Invalid if `per_page` is no number."""
    try:
        wanted = int(query.get("per_page", _USUAL))
    except ValueError:
        raise Invalid("`per_page` must be a number from 1 to 100") from None
    return SearchQuery(query.get("q", ""), min(max(wanted, 1), MAX_RESULTS))


def write_search(found: Found) -> Rendered:
    """The results in their order, and how many there are in all."""
    crates = [
        {"name": one.name, "max_version": one.version, "description": one.description or None} for one in found.projects
    ]
    return Rendered(orjson.dumps({"crates": crates, "meta": {"total": found.total}}), "application/json")
