"""A request's body as it arrives, within the patience of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientError, web

from pratique.core.errors import Invalid, TooSlow
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
        except (ClientError, web.HTTPException, ConnectionError, ValueError) as error:
            raise Invalid(f"the upload broke off: {type(error).__name__}") from None
        if not chunk:
            return
        received += len(chunk)
        elapsed = loop.time() - started
        if elapsed > _GRACE_SECONDS and received < elapsed * limits.slowest_body:
            raise TooSlow(f"the upload is slower than {limits.slowest_body} bytes a second; it was given up")
        yield chunk
