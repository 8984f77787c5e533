"""Run one web process: listen, serve, and stop without cutting anyone off."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec
from aiohttp import web

from pratique.web.access_log import AccessLog, RequestLog, Write
from pratique.web.connections import Runner

BACKLOG = 1024
MAX_HEADER = 16 << 10

_LAST_BYTES = 1.0
"""Seconds for answers that are complete but not yet written, after all requests have ended or were given up."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Listening(msgspec.Struct, frozen=True):
    """Where and how to listen.

    Attributes:
        host: address.
        port: TCP port, shared by all web processes.
        keep_alive: seconds an idle connection is kept.
        header_patience: seconds in which the head of a request must have arrived.
        patience: seconds that running requests get when the process stops.
    """

    host: str
    port: int
    keep_alive: float = 75.0
    header_patience: float = 30.0
    patience: float = 10.0


async def serve(
    application: web.Application,
    listening: Listening,
    *,
    stop: asyncio.Event,
    ready: Callable[[], None],
    write_log: Write | None,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serve until `stop` is set, then let running requests end.

    Args:
        application: what to serve.
        listening: where.
        stop: set to end.
        ready: called once connections are accepted.
        write_log: takes lines, one for every request; None for no such log.
        tls: what to speak TLS with; None for plain http.

    Raises:
        OSError: the address cannot be listened on.
    """
    under_way = UnderWay()
    application.middlewares.append(under_way.middleware)
    log = RequestLog(write_log) if write_log else None
    runner = _runner(application, listening, log)
    await runner.setup()
    try:
        site = _site(runner, listening, tls)
        await site.start()
        ready()
        await stop.wait()
        await site.stop()
        if runner.at_once is not None:
            await runner.at_once.stop(listening.patience)
        await under_way.drain(listening.patience)
    finally:
        with suppress(asyncio.TimeoutError):
            await runner.cleanup()
        if log is not None:
            log.flush()


def _runner(application: web.Application, listening: Listening, log: RequestLog | None) -> Runner:
    return Runner(
        application,
        header_patience=listening.header_patience,
        access_log_class=AccessLog,
        access_log=log,
        keepalive_timeout=listening.keep_alive,
        shutdown_timeout=_LAST_BYTES,
        max_line_size=MAX_HEADER,
        max_field_size=MAX_HEADER,
        # Publishing must not half-happen because a client hung up while the transaction ran.
        handler_cancellation=False,
    )


def _site(runner: Runner, listening: Listening, tls: ssl.SSLContext | None) -> web.TCPSite:
    return web.TCPSite(
        runner,
        listening.host,
        listening.port,
        ssl_context=tls,
        backlog=BACKLOG,
        reuse_address=True,
        reuse_port=True,
    )


class UnderWay:
    """Counts the requests that are being answered, so that stopping can wait for them.

    aiohttp's own shutdown drops what clients still send, so that an upload could not end in peace.
    """

    def __init__(self) -> None:
        self._count = 0
        self._none_left: asyncio.Event | None = None

        @web.middleware
        async def counting(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._answer(request, handler)

        self.middleware = counting

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._count += 1
        try:
            response = await handler(request)
            if self._none_left is not None and not response.prepared:
                response.force_close()
            return response
        finally:
            self._count -= 1
            if self._none_left is not None and self._count == 0:
                self._none_left.set()

    async def drain(self, patience: float) -> None:
        """Wait until no request is under way, but not for ever. Connections are not reused any more."""
        self._none_left = asyncio.Event()
        if self._count == 0:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._none_left.wait()
