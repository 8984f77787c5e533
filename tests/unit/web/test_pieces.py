"""A long answer that does not come to its end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from pratique.web.crowd import Crowd
from pratique.web.pieces import in_pieces
from tests.unit.web.one_answer import one_answer

LONG = bytes(32 << 20)
"""More than both ends' kernels take."""


class BreaksOff(Crowd):
    """No room any more after the first pieces."""

    asked = 0

    @property
    def piece(self) -> int:
        self.asked += 1
        if self.asked > 2:
            raise MemoryError
        return super().piece


async def leave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.transport.abort()
    return b""


async def read_on(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> bytes:
    got = b""
    with suppress(ConnectionError):
        while more := await reader.read(1 << 20):
            got += more
    return got


@pytest.mark.parametrize(
    ("crowd", "client", "event"),
    [
        (Crowd, leave, "the client left before the end of its answer"),
        (BreaksOff, read_on, "an answer broke off"),
    ],
    ids=["the client leaves", "the server fails"],
)
async def test_an_answer_that_ends_in_the_middle_is_cut_and_followed_by_no_other(
    crowd: type[Crowd], client: Any, event: str
) -> None:
    async def give(request: web.Request) -> web.StreamResponse:
        return await in_pieces(request, web.Response(body=LONG))

    with capture_logs() as logged:
        async with one_answer("/left", give, crowd) as served:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(b"GET /left?key=secret HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
            rest = await client(reader, writer)
            response = await asyncio.wait_for(served.sent, 20)
            writer.close()

    assert response.status == 499
    assert set(rest) <= {0}
    assert [(line["event"], line["path"]) for line in logged] == [(event, "/left")]
    assert [line["status"] for line in served.lines] == [499]
