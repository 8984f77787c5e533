"""Connections of clients: what is no HTTP is answered without repeating it, and silence ends a connection."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from pratique.web.access_log import AccessLog, loggable_path
from pratique.web.at_once import AT_ONCE, AtOnce, Coming, Given
from pratique.web.heads import read_head
from pratique.web.wire import SERVER

_log = structlog.get_logger(__name__)

UNREADABLE = "the request is no valid HTTP, or its head is too long; nothing of it was looked at\n"
"""The parser's own text quotes the line that it could not read, and with it whatever secret stands there."""


class Connection(RequestHandler):
    """One client's connection, with a time limit on the head of every request.

    Without it, whoever connects and sends nothing, or a byte now and then, holds a descriptor.
    Between two requests the server's keep-alive counts.
    """

    def __init__(
        self, manager: web.Server, *, header_patience: float, at_once: AtOnce | None = None, **more: Any
    ) -> None:
        super().__init__(manager, **more)
        self._header_patience, self._at_once = header_patience, at_once
        self._head_due: asyncio.TimerHandle | None = None
        self._held: list[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; the first ones of a further request begin its time limit."""
        if self._held is not None:
            self._held.append(data)
            return
        if self._at_once is not None and self._answer_at_once(self._at_once, data):
            return
        before = self._request_count
        waits = self._waiter is not None and not self._waiter.done()
        super().data_received(data)
        if self._request_count != before:
            self._stop_expecting()
        elif waits and self._head_due is None:
            self._expect_head()

    def _answer_at_once(self, at_once: AtOnce, data: bytes) -> bool:
        """Answer a request that stands, if these bytes are just one.

        From the first bytes on that are not, the parser alone knows where in the conversation we are.
        """
        head = read_head(data)
        if head is None:
            self._at_once = None
            return False
        transport = self.transport
        if transport is None or self._paused or not self._is_idle():
            return False
        answer = at_once.answer(head, secure=self.ssl_context is not None)
        if answer is None:
            return False
        self._request_count += 1
        self._stop_expecting()
        self._begin_to_idle()
        if isinstance(answer, Given):
            transport.writelines(answer.parts)
            self._log_at_once(answer, 0)
        else:
            transport.pause_reading()
            self._held = []  # of what was read already all the same
            at_once.begin(self._give_file(at_once, answer, data))
        return True

    async def _give_file(self, at_once: AtOnce, coming: Coming, data: bytes) -> None:
        """Give all of a file in one piece; if it may not be given again, the parser gets the request after all."""
        began = self._loop.time()
        stored = await at_once.open(coming)
        try:
            content = await at_once.content(stored) if stored is not None else None
        except (OSError, EOFError):
            _log.exception("a stored file cannot be read", path=loggable_path(coming.path))
            self.force_close()  # the download is recorded already: the client asks again
            return
        finally:
            if stored is not None:
                stored.let_go()
        held, self._held = self._held, None
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        if content is not None:
            transport.writelines([coming.standing.head + coming.end, content])
            at_once.was_written(content, transport)
            self._begin_to_idle()
            self._log_at_once(coming.given(), self._loop.time() - began)
        else:
            super().data_received(data)
        transport.resume_reading()
        for more in held or ():
            self.data_received(more)

    def _begin_to_idle(self) -> None:
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout

    def _log_at_once(self, given: Given, seconds: float) -> None:
        if isinstance(self.access_logger, AccessLog):
            self.access_logger.log_at_once(given, self._remote(), int(seconds * 1000))

    def _is_idle(self) -> bool:
        """Whether every request so far has been answered."""
        waiter = self._waiter
        return (
            waiter is not None and not waiter.done() and not self._messages and not (self._close or self._force_close)
        )

    def _remote(self) -> str | None:
        peer = self.peername
        return str(peer[0]) if isinstance(peer, tuple) else peer

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the time limit."""
        self._stop_expecting()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP with a fixed sentence, which also is all that the log gets."""
        if not isinstance(exc, HttpProcessingError) or request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        _log.warning("a request is no valid HTTP", client=request.remote)
        response = web.Response(status=400, text=UNREADABLE, headers={"Cache-Control": "no-store", "Server": SERVER})
        response.force_close()
        return response

    def _expect_head(self) -> None:
        self._head_due = asyncio.get_running_loop().call_later(self._header_patience, self._give_up)

    def _stop_expecting(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _give_up(self) -> None:
        self._head_due = None
        self.force_close()


class Doorway(web.Server):
    """Makes a `Connection` for every client."""

    def __call__(self) -> Connection:
        """The protocol of a new connection."""
        return Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """aiohttp's runner, with our connections."""

    def __init__(self, application: web.Application, *, header_patience: float, **more: Any) -> None:
        super().__init__(application, **more)
        self.at_once = application.get(AT_ONCE)
        application.on_response_prepare.append(_name_no_versions)
        self._header_patience = header_patience

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return Doorway(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            loop=asyncio.get_running_loop(),
            header_patience=self._header_patience,
            at_once=self.at_once,
            **made._kwargs,  # aiohttp offers no other way to its connections
        )


async def _name_no_versions(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = SERVER
