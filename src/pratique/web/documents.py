"""Rendered documents as responses: with headers that make every client ask again, and 304 for who has it already."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from aiohttp import web

from pratique.core.ecosystem import Rendered
from pratique.services.installing.views import Encoded
from pratique.web.wire import WireHeads, head

PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Accept, Accept-Encoding"}
"""Index documents: revalidated every time, so that a revocation bites."""


def respond(rendered: Rendered, headers: dict[str, str] | None = None) -> web.Response:
    """A rendered answer as a response."""
    return web.Response(
        body=rendered.body,
        status=rendered.status,
        reason=rendered.reason or None,
        headers={"Content-Type": rendered.content_type, **(headers or {}), **rendered.headers},
    )


def respond_if_changed(request: web.Request, rendered: Rendered, headers: dict[str, str]) -> web.Response:
    """A rendered answer named by its content, or 304 for who has it already."""
    named = {**headers, "ETag": f'"{hashlib.sha256(rendered.body).hexdigest()[:32]}"'}
    if etag_matches(request.headers.get("If-None-Match"), named["ETag"]):
        return web.Response(status=304, headers=named)
    return respond(rendered, named)


def answer_document(request: web.Request, document: Encoded) -> web.Response:
    """A rendered index document, or 304 to whoever has it."""
    if document.rendered.status != 200:
        return respond(document.rendered, {**PRIVATE, "Cache-Control": "no-store"})
    if etag_matches(request.headers.get("If-None-Match"), document.etag):
        return web.Response(status=304, headers=_named(document))
    return respond(document.rendered, _named(document))


def wire_heads(document: Encoded) -> WireHeads:
    """What `answer_document` says before a document that is no refusal, and instead of it."""
    rendered, named = document.rendered, _named(document)
    whole = {
        "Content-Type": rendered.content_type,
        **named,
        **rendered.headers,
        "Content-Length": str(len(rendered.body)),
    }
    return WireHeads(head(HTTPStatus.OK, whole), head(HTTPStatus.NOT_MODIFIED, named))


def _named(document: Encoded) -> dict[str, str]:
    return {**PRIVATE, "ETag": document.etag}


def etag_matches(if_none_match: str | None, etag: str) -> bool:
    """Weak comparison of an If-None-Match header (RFC 9110, 13.1.2)."""
    if if_none_match is None or if_none_match == etag:
        return if_none_match is not None
    offered = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return "*" in offered or etag in offered
