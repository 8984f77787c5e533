"""A request's body as it arrives, within the patience of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientError, HttpVersion11, web

from pratique.core.errors import Invalid, TooLarge, TooSlow
from pratique.web.keys import LIMITS, WAITS

_GRACE_SECONDS = 60.0
"""Then a body must have a speed: a drip would hold a slot for ever."""


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

    Raises:
        TooSlow: silence, or a drip.
        Invalid: the client broke the body off, or its encoding.
    """
    limits = request.app[LIMITS]
    await _let_it_come(request)
    loop = asyncio.get_running_loop()
    started, received = loop.time(), 0
    while True:
        try:
            async with asyncio.timeout(limits.body_silence):
                chunk = await request.content.readany()
        except TimeoutError:
            raise TooSlow(f"nothing arrived for {limits.body_silence:g} seconds; the upload was given up") from None
        except web.RequestPayloadError:
            raise Invalid("the body is not what its Transfer-Encoding or Content-Encoding says") from None
        except (ClientError, web.HTTPException, ConnectionError, ValueError) as error:
            raise Invalid(f"the upload broke off: {type(error).__name__}") from None
        if not chunk:
            return
        received += len(chunk)
        elapsed = loop.time() - started
        if elapsed > _GRACE_SECONDS and received < elapsed * limits.slowest_body:
            raise TooSlow(f"the upload is slower than {limits.slowest_body} bytes a second; it was given up")
        yield chunk


async def read_small_body(request: web.Request) -> bytes:
    """A whole body that is no upload: a form, a request of the management API.

    Raises:
        TooLarge: it is over the limit.
        TooSlow, Invalid: as `read_body`.
    """
    limit = request.app[LIMITS].max_body
    body = bytearray()
    async for chunk in read_body(request):
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"the request is over {limit} bytes (setting web.max_body)")
    return bytes(body)
