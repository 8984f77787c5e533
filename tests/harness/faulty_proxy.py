"""What stands between a server and its object store, and does not always do its part."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from urllib.parse import urlsplit

from tests.harness.threaded_server import ThreadedServer

Fault = Callable[[BaseHTTPRequestHandler, int, list[tuple[str, str]], bytes], None]
"""(who answers, status, headers, body of the store): sends something else."""


class FaultyProxy(ThreadedServer):
    """Passes requests on to an endpoint; while `fault` is set, answers go wrong.

    Attributes:
        asked: method and path of each request.
    """

    def __init__(self, endpoint: str) -> None:
        self._target = urlsplit(endpoint).netloc
        self.asked: list[str] = []
        self.fault: Fault | None = None
        self.only = ""
        self._left = -1
        self.released = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_said: object) -> None:
                return

        for method in ("GET", "PUT", "HEAD", "POST", "DELETE"):
            setattr(Handler, f"do_{method}", lambda handler: self._pass(handler))
        super().__init__(Handler)

    def break_it(self, fault: Fault, times: int = -1, only: str = "") -> None:
        """Let answers go wrong from now on.

        Args:
            fault: how.
            times: so many of them; -1: all.
            only: of requests whose method and path hold this.
        """
        self.fault, self._left, self.only = fault, times, only

    def mend(self) -> None:
        """Pass everything on again."""
        self.fault = None

    def _pass(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.asked.append(f"{handler.command} {handler.path}")
        fault = self.fault if self.only in self.asked[-1] and self._left else None
        self._left -= fault is not None
        if fault in (internal_error, self.hang):  # the store hears nothing of it
            return fault(handler, 0, [], b"")
        connection = http.client.HTTPConnection(self._target)
        connection.request(handler.command, handler.path, body, dict(handler.headers.items()))
        answer = connection.getresponse()
        content = answer.read()
        headers = [(name, value) for name, value in answer.getheaders() if name not in ("Connection", "Date", "Server")]
        connection.close()
        return (fault or as_it_is)(handler, answer.status, headers, content)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        super().__exit__(kind, error, trace)

    def hang(self, handler: BaseHTTPRequestHandler, *_answer: object) -> None:
        """A fault: no answer for as long as the proxy stands."""
        self.released.wait()
        handler.close_connection = True


def as_it_is(handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    """No fault."""
    handler.send_response_only(status)
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


def internal_error(handler: BaseHTTPRequestHandler, *_answer: object) -> None:
    """A fault: 500."""
    as_it_is(handler, 500, [("Content-Length", "0")], b"")


def half_a_body(handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    """A fault: the connection ends in the middle."""
    as_it_is(handler, status, headers, body[: len(body) // 2])
    handler.close_connection = True


def other_bytes(handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    """A fault: as long as it should be, and not what was stored."""
    as_it_is(handler, status, headers, bytes(len(body)) if status < 300 else body)
