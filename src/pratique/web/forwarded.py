"""How a request came: by which of our names, over TLS or in clear text, as far as our own proxies can be believed."""

from __future__ import annotations

from aiohttp import web

from pratique.core.errors import Forbidden, PratiqueError
from pratique.web.client_address import is_in
from pratique.web.hosts import UnknownHost
from pratique.web.keys import HOSTS, LIMITS, PORTS
from pratique.web.places import find_place
from pratique.web.refusals import answer_error
from pratique.web.server import Handler
from pratique.web.wire import HSTS

_ASKED_BY_MACHINES = ("/healthz", "/readyz")
"""A balancer asks these straight and without TLS; they say nothing of what is stored."""


def public_url(request: web.Request) -> str:
    """Which of our public URLs the request came by. Raises UnknownHost if it is none of them.

    A proxy of ours may put its own idea of us into Host and what the client asked for into X-Forwarded-Host.
    """
    hosts = request.app[HOSTS]
    forwarded = _forwarded(request, "X-Forwarded-Host")
    if forwarded is not None:
        try:
            return hosts.public_url(forwarded)
        except UnknownHost:
            pass
    return hosts.public_url(request.host)


def came_by_tls(request: web.Request) -> bool:
    """Whether the client spoke TLS, to us or to a proxy of ours. Raises UnknownHost."""
    if request.secure:
        return True
    if not request.app[LIMITS].trusted_proxies:
        return False
    url = public_url(request)
    return url.startswith("https://") and _forwarded(request, "X-Forwarded-Proto") in (None, "https")


@web.middleware
async def refuse_clear_text(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Behind a proxy: answer nobody who went around it, and nobody who spoke to it without TLS."""
    try:
        if request.path not in _ASKED_BY_MACHINES:
            _check(request)
    except PratiqueError as error:
        place = find_place(request.raw_path.partition("?")[0], request.app[PORTS].ecosystems)
        return answer_error(error, place.ecosystem if place else None)
    return await handler(request)


def _check(request: web.Request) -> None:
    limits = request.app[LIMITS]
    if not limits.only_by_proxy or request.secure:
        return
    if not is_in(request.remote or "", limits.trusted_proxies):
        raise Forbidden(
            f"this server answers its proxies only, and {request.remote} is none of `trusted_proxies`: come by "
            f"{request.app[PORTS].public_url}"
        )
    if not came_by_tls(request):
        raise Forbidden(f"this came without TLS, so others could read what is sent: come by {public_url(request)}")


async def ask_for_tls(request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers to come by https from now on, where they did."""
    try:
        if came_by_tls(request) and request.app[HOSTS].is_known_elsewhere(public_url(request)):
            response.headers["Strict-Transport-Security"] = HSTS
    except UnknownHost:
        pass  # whoever asked for another host gets no promise for it


def _forwarded(request: web.Request, header: str) -> str | None:
    """What the nearest proxy says, if it is one of ours: each adds to the right of what it was sent."""
    said = request.headers.getall(header, [])
    if not said or not is_in(request.remote or "", request.app[LIMITS].trusted_proxies):
        return None
    return said[-1].rpartition(",")[2].strip().lower() or None
