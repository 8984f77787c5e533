"""An HTTP proxy with its own idea of where names lead; writes down what it was asked."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class TinyProxy:
    """Tunnels (CONNECT) and forwards (absolute form) on a free port of 127.0.0.1; all names lead to one port."""

    def __init__(self, target_port: int, *, authorization: str | None = None) -> None:
        self.target_port, self.authorization = target_port, authorization
        self.asked: list[str] = []
        self.heads: list[str] = []
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request_line, _, rest = head.partition("\r\n")
        self.asked.append(request_line)
        self.heads.append(head)
        if self.authorization is not None and f"Proxy-Authorization: {self.authorization}" not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        method, target, _ = request_line.split(" ")
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = "/" + target.split("/", 3)[3]
            inner_writer.write(f"{method} {path} HTTP/1.1\r\nConnection: close\r\n{rest}".encode("latin-1"))
        self._start(_pump(reader, inner_writer))
        self._start(_pump(inner_reader, writer))

    def _start(self, pump: object) -> None:
        task = asyncio.ensure_future(pump)  # type: ignore[call-overload]
        self._pumps.add(task)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
