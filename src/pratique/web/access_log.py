"""One line for every request: who asked for what, and what became of it. Holds no secret."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from pratique.web.client_address import client_address
from pratique.web.keys import ACTOR, DECISION

_ONE_TIME_LINK = "/admin/claim/"
_DECODED_AT_MOST = 4
_SLASHES = re.compile(r"[/\\](\.?[/\\])*")

Write = Callable[[dict[str, Any]], None]


class RequestLog(logging.Logger):
    """What aiohttp takes for a logger and hands on to `AccessLog`: where the lines go."""

    def __init__(self, write: Write) -> None:
        super().__init__("pratique.requests")
        self.write = write


class AccessLog(AbstractAccessLogger):
    """Writes requests as values. No header is ever written, and of the URL neither query nor one-time secret."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write one request that has been answered."""
        actor = request.get(ACTOR)
        line: dict[str, Any] = {
            "event": "request",
            "method": request.method,
            "path": loggable_path(request.raw_path),
            "status": response.status,
            "bytes": response.body_length,
            "ms": int(time * 1000),
            "from": _address(request),
        }
        if actor is not None:
            line |= {"actor": f"{actor.kind}:{actor.name}", "token": actor.token}
        decision = request.get(DECISION)
        if decision is not None:
            line["decision"] = decision
        agent = request.headers.get("User-Agent")
        if agent:
            line["client"] = agent[:200]
        self.logger.write(line)  # type: ignore[attr-defined]  # the only logger it is made with is a RequestLog


def _address(request: web.BaseRequest) -> str | None:
    # What is no HTTP was never routed, and so knows no application and no limits.
    if isinstance(request, web.Request) and request._match_info is not None:
        return client_address(request)
    return request.remote


def loggable_path(raw_path: str) -> str:
    """The path as it was sent, without query, and without what only one person may know."""
    path = raw_path.partition("?")[0]
    return f"{_ONE_TIME_LINK}..." if _ONE_TIME_LINK in _plain(path) else path[:2000]


def _plain(path: str) -> str:
    """The path in its one plain spelling: a mistyped link holds its secret all the same."""
    for _ in range(_DECODED_AT_MOST):
        decoded = unquote(path)
        if decoded == path:
            break
        path = decoded
    return _SLASHES.sub("/", path).lower()
