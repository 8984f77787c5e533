"""Clients that leave before the end of their answer: nothing more is sent, and the log gets a quiet line."""

from __future__ import annotations

from aiohttp import web

CLIENT_LEFT = 499
"""Status in the log of requests where nobody was there to be answered; other servers write it so too."""


def has_left(request: web.Request) -> bool:
    """Whether nobody is there any more to be answered."""
    return request.transport is None or request.transport.is_closing()


def nobody_there() -> web.Response:
    """For the log of requests; of it nothing is sent."""
    return web.Response(status=CLIENT_LEFT, reason="Client Left")


def cut(request: web.Request, response: web.StreamResponse) -> None:
    """End the connection in the middle of an answer: no second one may follow, and none may look whole."""
    response.force_close()
    if request.transport is not None:
        request.transport.abort()
