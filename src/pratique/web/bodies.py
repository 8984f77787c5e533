"""A request's body as it arrives, within the patience of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientError, HttpVersion11, StreamReader, web

from pratique.core.clock import SECOND, in_words
from pratique.core.errors import Invalid, TooLarge, TooSlow
from pratique.web.keys import LIMITS, WAITS
from pratique.web.limits import WebLimits

_GRACE_SECONDS = 60.0
"""Waited for so long, a body must have a speed: a drip would hold a slot for ever."""

_UNPACKED_FREE = 1 << 20
"""Bytes below which nobody asks how much smaller they were when they were sent."""

MAX_SHORT = 64 << 10
"""Bytes of a form, a name, a password: what takes the event loop less than a millisecond to read."""


async def note_expectation(request: web.Request) -> None:
    """Remember that the client waits for `100 Continue`, which is sent when its body is wanted (RFC 9110, 10.1.1).

    Whoever is turned away first has sent nothing for nothing.
    """
    if request.version < HttpVersion11:
        return
    if request.headers.get("Expect", "").lower() != "100-continue":
        raise web.HTTPExpectationFailed(text="the only expectation that is known here is 100-continue\n")
    request[WAITS] = True


async def _let_it_come(request: web.Request) -> None:
    if request.get(WAITS):
        request[WAITS] = False
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # an interim response is not yet the answer


async def read_body(request: web.Request) -> AsyncIterator[bytes]:
    """The body's bytes; the chunk size is the network's.

    Speed is what arrives, still compressed, in the time spent waiting for it: what the server itself
    takes for the bytes is not the client's fault, and unpacking makes nobody faster.

    Raises:
        TooSlow: silence, a drip, or no end.
        TooLarge: a compressed body unpacks to far more than was sent.
        Invalid: the client broke the body off, or its encoding.
    """
    limits = request.app[LIMITS]
    await _let_it_come(request)
    loop = asyncio.get_running_loop()
    waited, received, began = 0.0, 0, loop.time()
    while True:
        asked = loop.time()
        chunk = await _next_chunk(request.content, limits.body_silence)
        if not chunk:
            return
        arrived = loop.time()
        waited += arrived - asked
        received += len(chunk)
        sent = request.content.total_raw_bytes
        _refuse_slow(limits, sent, waited, arrived - began)
        _refuse_swelling(limits, sent, received)
        yield chunk


async def _next_chunk(content: StreamReader, silence: float) -> bytes:
    """What arrived next, nothing at the end."""
    try:
        async with asyncio.timeout(silence):
            return await content.readany()
    except TimeoutError:
        raise TooSlow(f"nothing arrived for {silence:g} seconds; the upload was given up") from None
    except web.RequestPayloadError:
        raise Invalid("the body is not what its Transfer-Encoding or Content-Encoding says") from None
    except (ClientError, web.HTTPException, ConnectionError, ValueError) as error:
        raise Invalid(f"the upload broke off: {type(error).__name__}") from None


def _refuse_slow(limits: WebLimits, sent: int, waited: float, taken: float) -> None:
    if taken > limits.longest_body:
        raise TooSlow(
            f"the upload was not complete after {in_words(round(limits.longest_body * SECOND))}; it was given up "
            "(setting web.longest_body)"
        )
    if waited > _GRACE_SECONDS and sent < waited * limits.slowest_body:
        raise TooSlow(
            f"the upload is slower than {limits.slowest_body} bytes a second; it was given up "
            "(setting web.slowest_body)"
        )


def _refuse_swelling(limits: WebLimits, sent: int, received: int) -> None:
    if received > max(_UNPACKED_FREE, sent * limits.max_unpacking):
        raise TooLarge(
            f"the body unpacks to more than {limits.max_unpacking} times the {sent} bytes that were sent; "
            "send it uncompressed (setting web.max_unpacking)"
        )


async def read_short_body(request: web.Request) -> bytes:
    """A body of a few words, so short that it may be parsed on the event loop. Raises as `read_small_body`."""
    return await _read_whole(request, min(request.app[LIMITS].max_body, MAX_SHORT))


async def read_small_body(request: web.Request, at_least: int = 0) -> bytes:
    """A whole body that is no upload: a form, a request of the management API.

    Args:
        request: whose.
        at_least: bytes that are read whatever the setting says.

    Raises:
        TooLarge: it is over the limit.
        TooSlow, Invalid: as `read_body`.
    """
    return await _read_whole(request, max(request.app[LIMITS].max_body, at_least))


async def _read_whole(request: web.Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in read_body(request):
        body += chunk
        if len(body) > limit:
            setting = "" if limit == MAX_SHORT else " (setting web.max_body)"
            raise TooLarge(f"the request is over {limit} bytes{setting}")
    return bytes(body)
