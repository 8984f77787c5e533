"""The ways in which whoever is asked over HTTP may answer, and the pieces of answers that are none."""

from __future__ import annotations

import asyncio
from enum import StrEnum

from aiohttp import web


class Mood(StrEnum):
    """How somebody answers."""

    HONEST = "honest"
    HANGS = "hangs"
    HALF_BODIES = "half bodies"
    FAILS = "500"
    WRONG_BYTES = "wrong bytes"
    RESETS = "resets"


class Temper:
    """A mood that may change while somebody waits for an answer."""

    def __init__(self) -> None:
        self._mood, self._changed = Mood.HONEST, asyncio.Event()

    @property
    def mood(self) -> Mood:
        """How requests that arrive now are answered."""
        return self._mood

    def become(self, mood: Mood) -> None:
        """Change it; who was kept waiting is answered."""
        self._mood = mood
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_while_it_hangs(self) -> None:
        """Say nothing until the mood changes, if it is that."""
        if self._mood is Mood.HANGS:
            await self._changed.wait()


def hang_up(request: web.BaseRequest) -> web.StreamResponse:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def give_half(request: web.BaseRequest, headers: dict[str, str], body: bytes) -> web.StreamResponse:
    """Promise the whole body, and end the connection in the middle of it."""
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return response
