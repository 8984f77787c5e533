"""An upstream that does whatever a path is told to do, honest or not, and writes down what it was asked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]
Honest = Callable[[str], tuple[int, str, bytes]]
"""Path to status, content type and body: `PlainRegistry.answer` is one."""


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]


class LyingUpstream:
    """Serves on a free port of 127.0.0.1 while it is entered; a path without a behaviour is answered honestly."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.behaviours: dict[str, Behaviour] = {}
        self.honest: Honest = lambda path: (404, "text/plain", f"nothing at {path}".encode())
        self.asked: list[Asked] = []
        self._tls = tls
        self._runner: web.ServerRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(Asked(request.raw_path if hasattr(request, "raw_path") else request.path_qs, request.headers))
        behaviour = self.behaviours.get(request.path)
        if behaviour is None:
            status, content_type, body = self.honest(request.path)
            return web.Response(status=status, body=body, headers={"Content-Type": content_type})
        return await behaviour(request)  # type: ignore[arg-type]


def says(body: bytes, content_type: str = "application/json", *, status: int = 200, **headers: str) -> Behaviour:
    """A whole answer; header names are written with `_` for `-`. An ETag that is asked for again gives 304."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def behave(request: web.Request) -> web.StreamResponse:
        if "ETag" in named and request.headers.get("If-None-Match") == named["ETag"]:
            return web.Response(status=304, headers=named)
        return web.Response(status=status, body=body, headers={"Content-Type": content_type, **named})

    return behave


def redirects(target: str, status: int = 302) -> Behaviour:
    """Sends elsewhere."""

    async def behave(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": target} if target else {})

    return behave


def breaks_off(body: bytes, after: int, released: asyncio.Event | None = None) -> Behaviour:
    """Promises the whole body and hangs up in the middle of it, once the test releases it."""

    async def behave(request: web.Request) -> web.StreamResponse:
        await _write_raw(request, f"Content-Length: {len(body)}\r\n", body[:after])
        if released is not None:
            await released.wait()
        return await _hang_up(request)

    return behave


def misstates_length(body: bytes, stated: int) -> Behaviour:
    """States another Content-Length than the body has, then closes the connection properly."""

    async def behave(request: web.Request) -> web.StreamResponse:
        await _write_raw(request, f"Content-Length: {stated}\r\n", body)
        return await _hang_up(request)

    return behave


def drips(body: bytes, pause: float, *, length: int | None = None) -> Behaviour:
    """One byte at a time."""

    async def behave(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(length or len(body))})
        await response.prepare(request)
        for at in range(len(body)):
            await response.write(body[at : at + 1])
            await asyncio.sleep(pause)
        return response

    return behave


def never_ends(piece: bytes = b"x" * 65_536, *, headers: Mapping[str, str] | None = None) -> Behaviour:
    """Sends until the other side goes away."""

    async def behave(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        try:
            while True:
                await response.write(piece)
        except (ConnectionError, asyncio.CancelledError):
            return response

    return behave


def falls_silent(body: bytes, after: int, released: asyncio.Event) -> Behaviour:
    """Sends a part and then nothing, until the test releases the rest."""

    async def behave(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[:after])
        await released.wait()
        await response.write(body[after:])
        return response

    return behave


def waits_for(released: asyncio.Event, then: Behaviour) -> Behaviour:
    """Says nothing at all until the test releases it."""

    async def behave(request: web.Request) -> web.StreamResponse:
        await released.wait()
        return await then(request)

    return behave


def hangs_up() -> Behaviour:
    """Closes without an answer."""
    return _hang_up


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Changes its mind: each request gets the next behaviour, and then the last one for ever."""
    left = list(behaviours)

    async def behave(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return behave


async def _write_raw(request: web.Request, head: str, body: bytes) -> None:
    transport: Any = request.transport
    transport.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n{head}\r\n".encode() + body)
    await asyncio.sleep(0)


async def _hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()
