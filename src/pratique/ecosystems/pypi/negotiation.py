"""Which form of a listing a client asks for.

Source: PEP 691 "Version + Format Selection"; RFC 9110, 12.5.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pratique.core.errors import NotAcceptable

JSON, HTML, VERSIONED_HTML = "json", "html", "html-v1"

CONTENT_TYPES = {
    JSON: "application/vnd.pypi.simple.v1+json",
    VERSIONED_HTML: "application/vnd.pypi.simple.v1+html; charset=utf-8",
    HTML: "text/html; charset=utf-8",
}

_ASKED = {
    "application/vnd.pypi.simple.v1+json": JSON,
    "application/vnd.pypi.simple.latest+json": JSON,
    "application/vnd.pypi.simple.v1+html": VERSIONED_HTML,
    "application/vnd.pypi.simple.latest+html": VERSIONED_HTML,
    "text/html": HTML,
    "text/*": HTML,
    "application/*": JSON,
    "*/*": HTML,
}
_PREFERENCE = (JSON, VERSIONED_HTML, HTML)
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z")


def negotiate(accept: str | None) -> str:
    """The form for an Accept header: the best-rated one we have.

    Among equals a named type goes before a wildcard, then JSON before HTML. Whoever names none of ours gets
    plain HTML, which every installer since 2013 and every browser reads.
    """
    best = (0.0, False, 0)
    form = HTML
    for media_type, quality in _ranges(accept or ""):
        candidate = _ASKED.get(media_type)
        if candidate is None or quality == 0:
            continue
        rank = (quality, "*" not in media_type, -_PREFERENCE.index(candidate))
        if rank > best:
            best, form = rank, candidate
    return form


def form_named(query: Mapping[str, str]) -> str | None:
    """The form that the URL names itself, for people who look at it in a browser (PEP 691, "URL Parameter").

    Raises:
        NotAcceptable: it names none of ours; the sentence lists them.
    """
    named = query.get("format")
    if named is None:
        return None
    wanted = named.replace(" ", "+")  # what a plus sign means in a query, and nobody means here
    if "*" not in wanted and wanted in _ASKED:
        return _ASKED[wanted]
    ours = ", ".join(one for one in _ASKED if "*" not in one)
    raise NotAcceptable(f"there is no form {wanted[:80]!a} of this page; there are: {ours}")


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(",")[:100]:
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((piece[2:].strip() for piece in parameters if piece.startswith("q=")), "1")
        found.append((media_type, float(quality) if _QUALITY.match(quality) else 0.0))
    return found
