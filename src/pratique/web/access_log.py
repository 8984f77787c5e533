"""One line for every request: who asked for what, and what became of it. Holds no secret."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from pratique.web.client_address import client_address
from pratique.web.keys import ACTOR, DECISION

_SECRET = re.compile(r"(/admin/claim/)[^/]+")

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
            "from": client_address(request) if isinstance(request, web.Request) else request.remote,
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


def loggable_path(raw_path: str) -> str:
    """The path as it was sent, without query, and without what only one person may know."""
    return _SECRET.sub(r"\1...", raw_path.partition("?")[0][:2000])
