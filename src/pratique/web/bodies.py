"""A request's body as it arrives, within the patience of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientError, web

from pratique.core.errors import Invalid, TooLarge, TooSlow
from pratique.web.keys import LIMITS

_GRACE_SECONDS = 60.0
"""Then a body must have a speed: a drip would hold a slot for ever."""


async def read_body(request: web.Request) -> AsyncIterator[bytes]:
    """The body's bytes; the chunk size is the network's.

    Raises:
        TooSlow: silence, or a drip.
        Invalid: the client broke the body off, or its encoding.
    """
    limits = request.app[LIMITS]
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
