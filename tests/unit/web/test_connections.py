"""What arrives on a connection before it is a request."""

import asyncio
from contextlib import asynccontextmanager, suppress

from aiohttp import web
from structlog.testing import capture_logs

from pratique.web.keys import LIMITS
from pratique.web.limits import WebLimits
from pratique.web.server import Listening, serve
from tests.harness.server import free_port


@asynccontextmanager
async def listening(**more):
    """A small application behind the real listener; its port and the lines of its log of requests."""
    port, stop, ready, lines = free_port(), asyncio.Event(), asyncio.Event(), []

    async def hello(_request):
        return web.Response(text="hello")

    application = web.Application()
    application[LIMITS] = WebLimits()
    application.router.add_get("/{rest:.*}", hello)
    where = Listening("127.0.0.1", port, patience=1.0, **more)
    task = asyncio.create_task(serve(application, where, stop=stop, ready=ready.set, write_log=lines.extend))
    await ready.wait()
    try:
        yield port, lines
    finally:
        stop.set()
        await task


async def sent(port, data):
    """All that the server answers until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    with suppress(ConnectionError):
        answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


async def test_a_header_that_is_no_http_is_neither_logged_nor_repeated():
    async with listening() as (port, lines):
        with capture_logs() as logged:
            answer = await sent(port, b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer prq_SECRET\x00\r\n\r\n")
        assert answer[9:12] == b"400"
        assert b"SECRET" not in answer
        assert "SECRET" not in repr((logged, lines))
        assert [(line["event"], line["client"]) for line in logged] == [("a request is no valid HTTP", "127.0.0.1")]


async def test_a_request_line_that_is_no_http_is_neither_logged_nor_repeated(caplog):
    async with listening() as (port, lines):
        with capture_logs() as logged:
            answer = await sent(port, b"GET /admin/claim/SECRET x HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer[9:12] == b"400"
        assert b"SECRET" not in answer
        assert "SECRET" not in repr((logged, lines)) + caplog.text


async def test_who_connects_and_sends_no_request_is_let_go():
    async with listening(header_patience=0.2) as (port, _lines):
        assert await sent(port, b"") == b""
        assert await sent(port, b"GET / HTTP/1.1\r\nHost: ") == b""


async def test_a_further_request_that_is_not_finished_is_let_go_long_before_the_keep_alive_ends():
    async with listening(header_patience=0.2, keep_alive=3_600) as (port, _lines):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.readuntil(b"hello")
        writer.write(b"GET / HT")
        assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()


async def test_an_idle_connection_outlives_the_limit_on_heads():
    async with listening(header_patience=0.1, keep_alive=3_600) as (port, _lines):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert await reader.readuntil(b"hello")
            await asyncio.sleep(0.3)
        writer.close()


async def test_no_answer_tells_what_runs_here_and_how_old_it_is():
    async with listening() as (port, _lines):
        for request in (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"no request\r\n\r\n"):
            head = (await sent(port, request)).partition(b"\r\n\r\n")[0].split(b"\r\n")
            assert [line for line in head if line.lower().startswith(b"server:")] == [b"Server: pratique"]
