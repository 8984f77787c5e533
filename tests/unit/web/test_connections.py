"""What arrives on a connection before it is a request."""

import asyncio
import gzip
import socket
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network

from aiohttp import web
from structlog.testing import capture_logs

from pratique.web.api.answers import answering
from pratique.web.bodies import note_expectation, read_small_body
from pratique.web.crowd import CROWD, Crowd
from pratique.web.keys import LIMITS
from pratique.web.limits import WebLimits
from pratique.web.server import Listening, serve
from tests.harness.server import free_port

HELLO = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@asynccontextmanager
async def listening(limits=None, **more):
    """A small application behind the real listener; its port and the lines of its log of requests."""
    port, stop, ready, lines = free_port(), asyncio.Event(), asyncio.Event(), []

    async def hello(_request):
        return web.Response(text="hello")

    async def long(request):
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(bytes(request.app[CROWD].piece))
        return response

    async def take(request):
        return web.Response(text=str(len(await read_small_body(request))))

    application = web.Application()
    application[LIMITS] = limits or WebLimits()
    application[CROWD] = Crowd(application[LIMITS])
    application.router.add_get("/long", long)
    application.router.add_post("/", answering(take), expect_handler=note_expectation)
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


async def test_an_idle_connection_is_closed_when_its_time_is_up():
    async with listening(keep_alive=0.1) as (port, _lines):
        assert b"hello" in await sent(port, HELLO)


async def test_a_head_that_comes_a_byte_at_a_time_is_let_go():
    async with listening(header_patience=0.2) as (port, _lines):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        dripping = asyncio.create_task(drip(writer, HELLO * 10, 0.01))
        with suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 20) == b""
        dripping.cancel()
        writer.close()


async def drip(writer, data, pause):
    for byte in data:
        writer.write(bytes([byte]))
        await asyncio.sleep(pause)


async def test_headers_without_end_are_refused_long_before_they_fill_the_memory():
    async with listening(WebLimits(max_head=20_000)) as (port, _lines):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for number in range(21):
            writer.write(f"X-{number}: {'a' * 1_000}\r\n".encode())
            await asyncio.sleep(0.005)  # each line is a packet of its own
        answer = await asyncio.wait_for(reader.read(1_000), 20)
        assert answer.startswith(b"HTTP/1.1 431 the headers of this request are longer than any client needs")
        writer.close()


async def test_a_connection_too_many_from_one_address_is_told_so_and_when_one_ends_the_next_is_let_in():
    async with listening(WebLimits(connections_address=2)) as (port, _lines):
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        for reader, writer in held:
            writer.write(HELLO)
            assert await reader.readuntil(b"hello")
        with capture_logs() as logged:
            answers = [await sent(port, b"") for _ in range(3)]
        assert {answer.split(b"\r\n")[0] for answer in answers} == {
            b"HTTP/1.1 503 too many connections are open here, from your address or in all; close some, or try again"
        }
        assert all(b"Retry-After: 5\r\n" in answer for answer in answers)
        told = [(line["limit"], line["who"], line["turned_away"]) for line in logged]
        assert told == [("web.connections_address", "127.0.0.1", 1)]
        held.pop()[1].close()
        async with asyncio.timeout(20):
            while b"hello" not in await sent(port, HELLO.replace(b"x", b"x\r\nConnection: close")):
                pass
        held.pop()[1].close()


async def test_a_connection_too_many_in_all_is_told_so_also_through_a_proxy():
    limits = WebLimits(connections=1, connections_address=1, trusted_proxies=(ip_network("127.0.0.1"),))
    async with listening(limits) as (port, _lines):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HELLO)
        assert await reader.readuntil(b"hello")
        assert (await sent(port, b"")).startswith(b"HTTP/1.1 503 ")
        writer.close()


async def test_a_proxy_of_ours_may_open_as_many_connections_as_there_may_be():
    limits = WebLimits(connections_address=1, trusted_proxies=(ip_network("127.0.0.1"),))
    held = []
    async with listening(limits) as (port, _lines):
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HELLO)
            assert await reader.readuntil(b"hello")
            held.append(writer)
    for writer in held:
        writer.close()
        await writer.wait_closed()


async def test_who_does_not_read_what_he_asked_for_is_let_go_and_named_in_the_log():
    async with listening(WebLimits(reader_patience=0.2)) as (port, _lines):
        with capture_logs() as logged:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
            async with asyncio.timeout(20):
                while not logged:
                    await asyncio.sleep(0.02)
            writer.close()
    assert [(line["event"], line["who"]) for line in logged] == [("who read too slowly was let go", "127.0.0.1")]


async def test_who_reads_slowly_but_reads_is_not_let_go():
    async with listening(WebLimits(reader_patience=0.1, slowest_reader=1_000)) as (port, _lines):
        with capture_logs() as logged:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 16)
            writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
            for _ in range(8):
                await reader.readexactly(3 << 20)
                await asyncio.sleep(0.05)  # reads by fits and starts
            writer.close()
    assert logged == []


async def test_who_reads_less_than_the_kernel_holds_but_fast_enough_is_not_let_go():
    async with listening(WebLimits(reader_patience=0.3, slowest_reader=1_000)) as (port, _lines):
        with capture_logs() as logged:
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)  # the rest is the server's to keep
            client.connect(("127.0.0.1", port))
            reader, writer = await asyncio.open_connection(sock=client, limit=16 << 10)
            writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
            for _ in range(45):
                await reader.readexactly(16 << 10)
                await asyncio.sleep(0.02)  # what a slow line does
            writer.close()
    assert logged == []


async def test_requests_sent_ahead_without_reading_answers_are_not_taken_in_without_end():
    async with listening(WebLimits(reader_patience=0.3)) as (port, _lines):
        _reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        taken = 0
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(20):
                while taken < 64 << 20:
                    writer.write(HELLO * 1_000)
                    taken += len(HELLO) * 1_000
                    await writer.drain()
        assert taken < 64 << 20
        writer.close()


def posting(*headers):
    return b"\r\n".join([b"POST / HTTP/1.1", b"Host: x", *headers, b"", b""])


async def answered(port, head, *pieces, pause=0.0):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    with suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(pause)
    answer = await asyncio.wait_for(reader.readline(), 20)
    writer.close()
    return answer


async def test_a_body_that_is_announced_and_never_sent_ends_with_a_sentence():
    limits = WebLimits(body_silence=0.1)
    async with listening(limits) as (port, _lines):
        assert b" 408 " in await answered(port, posting(b"Content-Length: 10"))
        waits = posting(b"Content-Length: 10", b"Expect: 100-continue")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(waits)
        assert b" 100 " in await reader.readline()
        assert await asyncio.wait_for(reader.readuntil(b" 408 "), 20)
        writer.close()


async def test_a_body_that_never_ends_is_given_up_by_size_and_by_time():
    chunked = posting(b"Transfer-Encoding: chunked")
    async with listening(WebLimits(max_body=1_000, longest_body=0.2)) as (port, _lines):
        assert b" 413 " in await answered(port, chunked, *[b"400\r\n" + b"a" * 0x400 + b"\r\n"] * 3)
        assert b" 408 " in await answered(port, chunked, *[b"1\r\na\r\n"] * 30, pause=0.02)


async def test_chunks_that_are_nothing_but_their_own_description_are_silence():
    async with listening(WebLimits(body_silence=0.2)) as (port, _lines):
        pieces = [b"1;" + b"x" * 200] + [b"x" * 200] * 30
        answer = await answered(port, posting(b"Transfer-Encoding: chunked"), *pieces, pause=0.02)
    assert answer.split()[1] in (b"400", b"408")


async def test_a_bomb_in_a_compressed_body_is_refused_before_it_is_whole():
    bomb = gzip.compress(bytes(64 << 20))
    async with listening(WebLimits(max_body=1 << 30)) as (port, _lines):
        head = posting(b"Content-Encoding: gzip", f"Content-Length: {len(bomb)}".encode())
        assert b" 413 " in await answered(port, head, bomb)
