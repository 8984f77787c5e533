"""Render a page: one template, strict headers, errors as pages of their own."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from importlib import resources
from typing import Any

import jinja2
import structlog
from aiohttp import web

from pratique.core.clock import Instant, to_iso
from pratique.core.errors import PratiqueError, TooOften, Unavailable
from pratique.trust.sessions import Cookie
from pratique.web.asking import Asking

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.Response]]

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Authorization, Cookie",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every page: no scripts at all, no framing, no address of ours told to other sites."""


@functools.cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pratique.web.ui"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["time"] = _time
    return environment


def _time(when: Instant | str | None) -> str:
    """`2026-01-31 12:00 UTC`, for people; of an instant or its RFC 3339 form."""
    if when is None:
        return ""
    text = when if isinstance(when, str) else to_iso(when)
    return f"{text[:16].replace('T', ' ')} UTC"


def page(template: str, asking: Asking | None, /, *, status: int = 200, **values: Any) -> web.Response:
    """A page from its template; `asking` fills the line that says who is signed in."""
    session = asking.session if asking else None
    text = (
        _templates()
        .get_template(template)
        .render(person=session.actor.name if session else None, csrf=session.csrf if session else "", **values)
    )
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=HEADERS)


def redirect(path: str) -> web.Response:
    """Go on to another page of ours, by GET."""
    return web.Response(status=303, headers={**HEADERS, "Location": path})


def set_cookie(response: web.Response, cookie: Cookie) -> None:
    """Set a cookie with all its attributes."""
    response.set_cookie(
        cookie.name,
        cookie.value,
        max_age=cookie.max_age,
        path=cookie.path,
        secure=cookie.secure,
        httponly=cookie.httponly,
        samesite=cookie.samesite,
    )


def showing(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler whose errors become pages with the sentence on them."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except PratiqueError as error:
            return failure(error)
        except web.HTTPException:
            raise
        except Exception:
            log.exception("page failed", route=str(request.match_info.route.resource), method=request.method)
            return failure(PratiqueError("the server failed; its log tells more"))

    return handle


def failure(error: PratiqueError) -> web.Response:
    """An error as a page."""
    response = page("error.html", None, status=error.status, sentence=str(error))
    if isinstance(error, Unavailable | TooOften):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def stylesheet(_request: web.Request) -> web.StreamResponse:
    """The one style sheet."""
    return web.Response(
        text=_style(),
        content_type="text/css",
        headers={"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"},
    )


@functools.cache
def _style() -> str:
    return resources.files("pratique.web.ui").joinpath("static", "style.css").read_text("utf-8")
