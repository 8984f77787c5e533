"""Long answers are handed over piece by piece, so that who reads slowly holds a piece and no copy of the whole."""

from __future__ import annotations

import structlog
from aiohttp import web

from pratique.web.access_log import loggable_path
from pratique.web.crowd import CROWD
from pratique.web.leaving import cut, has_left, nobody_there

log = structlog.get_logger(__name__)


async def in_pieces(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Send an answer, if its body is long; others come back as they are, for aiohttp to send in one go.

    What fails in the middle cuts the connection, and is no error to be answered: the head is out.
    """
    if response.prepared or not isinstance(response, web.Response) or request.method == "HEAD":
        return response
    body = response.body
    piece = request.app[CROWD].piece
    if not isinstance(body, bytes) or len(body) <= piece:
        return response
    sent = web.StreamResponse(status=response.status, reason=response.reason, headers=response.headers)
    sent.content_length = len(body)
    try:
        await sent.prepare(request)
    except ConnectionError:
        if not has_left(request):
            raise
        return _gone(request)
    try:
        await _write(request, sent, memoryview(body))
    except ConnectionError:
        cut(request, sent)
        return _gone(request)
    except Exception:
        cut(request, sent)
        log.exception("an answer broke off", path=loggable_path(request.raw_path))
        return nobody_there()
    except BaseException:
        cut(request, sent)
        raise
    return sent


async def _write(request: web.Request, sent: web.StreamResponse, view: memoryview) -> None:
    offset = 0
    while offset < len(view):
        piece = request.app[CROWD].piece
        await sent.write(view[offset : offset + piece])
        offset += piece
    await sent.write_eof()


def _gone(request: web.Request) -> web.Response:
    log.info("the client left before the end of its answer", path=loggable_path(request.raw_path))
    return nobody_there()
