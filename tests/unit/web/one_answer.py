"""An application that gives one answer, behind the real listener."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from pratique.web.crowd import CROWD, Crowd
from pratique.web.keys import LIMITS
from pratique.web.limits import WebLimits
from pratique.web.server import Listening, serve
from tests.harness.server import free_port


@dataclass
class OneAnswer:
    """Where it listens, what became of the answer, and the log of requests, whole once the server has ended."""

    port: int
    sent: asyncio.Future[web.StreamResponse]
    lines: list[dict[str, Any]] = field(default_factory=list)


@asynccontextmanager
async def one_answer(
    path: str, give: Callable[[web.Request], Awaitable[web.StreamResponse]], crowd: type[Crowd] = Crowd
) -> AsyncIterator[OneAnswer]:
    """Serve until the block ends."""
    served = OneAnswer(free_port(), asyncio.get_running_loop().create_future())
    stop, ready = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            response = await give(request)
        except BaseException as error:
            served.sent.set_exception(error)
            raise
        served.sent.set_result(response)
        return response

    application = web.Application()
    application[LIMITS] = WebLimits()
    application[CROWD] = crowd(WebLimits())
    application.router.add_get(path, answer)
    where = Listening("127.0.0.1", served.port, patience=1.0)
    task = asyncio.create_task(serve(application, where, stop=stop, ready=ready.set, write_log=served.lines.extend))
    await ready.wait()
    yield served
    stop.set()
    await task
