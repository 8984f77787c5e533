"""The list of projects at the root of the index.

Source: PEP 503, PEP 629, PEP 691 "Project List", PEP 700.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import orjson

from pratique.core.ecosystem import Rendered
from pratique.ecosystems.pypi.listing import FULL_VERSION
from pratique.ecosystems.pypi.negotiation import CONTENT_TYPES, JSON
from pratique.ecosystems.pypi.routes import listing_path


def write_projects(names: Sequence[str], base_url: str, form: str) -> Rendered:
    """The list in the form that `negotiate` chose."""
    if form == JSON:
        document = {"meta": {"api-version": FULL_VERSION}, "projects": [{"name": name} for name in names]}
        return Rendered(orjson.dumps(document), CONTENT_TYPES[form])
    return Rendered(_page(names, base_url).encode("utf-8", "replace"), CONTENT_TYPES[form])


def _page(names: Sequence[str], base_url: str) -> str:
    anchors = (f'<a href="{escape(base_url + listing_path(name))}">{escape(name)}</a><br>' for name in names)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta name="pypi:repository-version" content="{FULL_VERSION}">',
            "<title>Projects</title>",
            "</head>",
            "<body>",
            *anchors,
            "</body>",
            "</html>",
            "",
        ]
    )
