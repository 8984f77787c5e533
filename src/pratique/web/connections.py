"""Connections of clients: what is no HTTP is answered without repeating it; silence, and not reading, end one."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from pratique.web.access_log import AccessLog, loggable_path
from pratique.web.at_once import AT_ONCE, AtOnce, Coming, Given
from pratique.web.crowd import CROWD, Crowd
from pratique.web.heads import read_head
from pratique.web.progress import bytes_taken
from pratique.web.wire import SERVER

_log = structlog.get_logger(__name__)

UNREADABLE = "the request is no valid HTTP, or its head is too long; nothing of it was looked at\n"
"""The parser's own text quotes the line that it could not read, and with it whatever secret stands there."""


def _plain(status: str, sentence: str) -> bytes:
    body = sentence.encode() + b"\n"
    head = (
        f"HTTP/1.1 {status} {sentence}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        f"Retry-After: 5\r\nCache-Control: no-store\r\nServer: {SERVER}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


TOO_MANY = _plain("503", "too many connections are open here, from your address or in all; close some, or try again")
"""Which of the two, the log tells: settings `web.connections_address` and `web.connections`."""

TOO_LONG = _plain("431", "the headers of this request are longer than any client needs (setting web.max_head)")


class Connection(RequestHandler):
    """One client's connection, with limits on the head of every request and on the patience with who does not read.

    Without the first, whoever connects and sends nothing, or a byte now and then, holds a descriptor; without the
    second, whoever asks for a file and does not read it holds two, and a piece of the file.
    Between two requests the server's keep-alive counts.
    """

    def __init__(
        self,
        manager: web.Server,
        *,
        header_patience: float,
        crowd: Crowd,
        at_once: AtOnce | None = None,
        **more: Any,
    ) -> None:
        super().__init__(manager, **more)
        self._header_patience, self._crowd, self._at_once = header_patience, crowd, at_once
        self._head_due: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._network: str | None = None
        self._reader_due: asyncio.TimerHandle | None = None
        self._is_behind = False
        self._held: list[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request, or turn the client away."""
        peer = transport.get_extra_info("peername")
        self._network = self._crowd.enter(peer[0] if isinstance(peer, tuple) else "")
        if self._network is None:
            _turn_away(transport, TOO_MANY)
            return
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; the first ones of a further request begin its time limit."""
        if self._network is None:
            return
        if self._held is not None:
            self._held.append(data)
        elif self._at_once is not None and self._is_about_to_wait():
            self._held = [data]
            self._loop.call_soon(self._take_held)
        else:
            self._take(data, self._network)

    def _take_held(self) -> None:
        """Take what came; the first of it whatever the handler does, so that nothing is held for ever."""
        (first, *more), self._held = self._held or [b""], None
        if self.transport is None or self.transport.is_closing() or self._network is None:
            return
        self._take(first, self._network)
        for data in more:
            self.data_received(data)

    def _take(self, data: bytes, network: str) -> None:
        if self._at_once is not None and self._answer_at_once(self._at_once, network, data):
            return
        before = self._request_count
        waits = self._waiter is not None and not self._waiter.done()
        super().data_received(data)
        if self._request_count != before:
            self._stop_expecting()
        elif waits:
            if self._head_due is None:
                self._expect_head()
            self._head_bytes += len(data)
            if self._head_bytes > self._crowd.limits.max_head and self.transport is not None:
                _turn_away(self.transport, TOO_LONG)
                self.force_close()

    def _answer_at_once(self, at_once: AtOnce, network: str, data: bytes) -> bool:
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
        answer = at_once.answer(head, network, self._crowd.piece, secure=self.ssl_context is not None)
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
        """Give a file, or end the connection, which takes in nothing until then."""
        try:
            await self._give_or_ask(at_once, coming, data)
        except Exception:  # noqa: BLE001 - nobody else would open the connection again
            _log.exception("a stored file cannot be given", path=loggable_path(coming.path))
            self.force_close()  # the download may be recorded already: the client asks again
        except BaseException:
            self.force_close()
            raise

    async def _give_or_ask(self, at_once: AtOnce, coming: Coming, data: bytes) -> None:
        """Give all of a file in one piece; if it may not be given again, the parser gets the request after all."""
        began = self._loop.time()
        stored = await at_once.open(coming)
        try:
            content = await at_once.content(stored) if stored is not None else None
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

    def _is_about_to_wait(self) -> bool:
        """Whether the last answer is out, and the handler comes to wait for the next request only after these bytes.

        A client that is fast enough would be sent the longer way each time, for having been sent there once.
        """
        return self._waiter is None and not self._messages and not self._request_in_progress

    def _remote(self) -> str | None:
        peer = self.peername
        return str(peer[0]) if isinstance(peer, tuple) else peer

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the time limits, and count the client no more."""
        if self._network is None:
            return
        self._stop_expecting()
        self._stop_watching()
        self._crowd.leave(self._network)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not keep up: from now on it has to get on, or it is let go."""
        super().pause_writing()
        self._is_behind = True
        self._crowd.fall_behind()
        if self._crowd.limits.reader_patience:
            self._watch()

    def resume_writing(self) -> None:
        """The client has read what was waiting for it."""
        self._stop_watching()
        super().resume_writing()

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
        self._head_bytes = 0
        self._head_due = asyncio.get_running_loop().call_later(self._header_patience, self._give_up)

    def _stop_expecting(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _give_up(self) -> None:
        self._head_due = None
        self.force_close()

    def _watch(self) -> None:
        if self.transport is not None:
            patience, taken = self._crowd.limits.reader_patience, bytes_taken(self.transport)
            self._reader_due = asyncio.get_running_loop().call_later(patience, self._look_at_reader, taken)

    def _look_at_reader(self, before: int) -> None:
        """Let go who took less of what was waiting than the slowest one may."""
        limits = self._crowd.limits
        if self.transport is None:
            return
        if bytes_taken(self.transport) - before >= limits.slowest_reader * limits.reader_patience:
            self._watch()
            return
        peer = self.transport.get_extra_info("peername")
        self._crowd.note_slow_reader(peer[0] if isinstance(peer, tuple) else "")
        self.transport.abort()

    def _stop_watching(self) -> None:
        if self._reader_due is not None:
            self._reader_due.cancel()
            self._reader_due = None
        if self._is_behind:
            self._is_behind = False
            self._crowd.catch_up()


def _turn_away(transport: asyncio.BaseTransport, answer: bytes) -> None:
    """Say it and close, without reading what there may be to read."""
    cast("asyncio.Transport", transport).write(answer)
    transport.close()


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
        self._crowd = application[CROWD]
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
            crowd=self._crowd,
            **made._kwargs,  # aiohttp offers no other way to its connections
        )


async def _name_no_versions(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = SERVER
