"""Long answers are handed over piece by piece, so that who reads slowly holds a piece and no copy of the whole."""

from __future__ import annotations

from aiohttp import web

from pratique.web.crowd import CROWD


async def in_pieces(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Send an answer, if its body is long; others come back as they are, for aiohttp to send in one go."""
    if response.prepared or not isinstance(response, web.Response) or request.method == "HEAD":
        return response
    body = response.body
    piece = request.app[CROWD].piece
    if not isinstance(body, bytes) or len(body) <= piece:
        return response
    sent = web.StreamResponse(status=response.status, reason=response.reason, headers=response.headers)
    sent.content_length = len(body)
    await sent.prepare(request)
    view, offset = memoryview(body), 0
    while offset < len(view):
        await sent.write(view[offset : offset + piece])
        offset, piece = offset + piece, request.app[CROWD].piece
    await sent.write_eof()
    return sent
