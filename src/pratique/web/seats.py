"""How many reads are decided at once: the next ones wait, each asker in a line of his own, and lines have an end.

A seat is given back when the head of the answer goes out, so that who reads slowly keeps nobody waiting.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Hashable

from aiohttp import web

from pratique.core.errors import Unavailable
from pratique.services.slots import NoSlotLeft, SlotLimits, Slots

_TRY_AGAIN = 5


class Seats:
    """The seats of one process."""

    def __init__(self, limits: SlotLimits) -> None:
        self._slots = Slots(limits) if limits.at_once else None

    async def take(self, asker: Hashable) -> contextlib.AsyncExitStack:
        """Wait for a seat; close what comes back to leave it.

        Raises:
            Unavailable: that took too long, or too many wait.
        """
        seat = contextlib.AsyncExitStack()
        if self._slots is not None:
            try:
                await seat.enter_async_context(self._slots.slot(asker))
            except NoSlotLeft:
                raise Unavailable(
                    f"more is asked than this server decides at once ({self._slots.limits.at_once}, setting "
                    "limits.at_once); nothing was looked up, try again",
                    retry_after=_TRY_AGAIN,
                ) from None
        return seat


SEATS: web.AppKey[Seats] = web.AppKey("seats", Seats)
_SEAT: web.RequestKey[contextlib.AsyncExitStack] = web.RequestKey("seat", contextlib.AsyncExitStack)


@contextlib.asynccontextmanager
async def seated(request: web.Request, asker: Hashable) -> AsyncIterator[None]:
    """Hold a seat until the answer begins, or there will be none. Raises Unavailable."""
    request[_SEAT] = seat = await request.app[SEATS].take(asker)
    try:
        yield
    finally:
        await seat.aclose()


async def leave_seat(request: web.Request, _response: web.StreamResponse) -> None:
    """Give the seat back: what was decided goes out now."""
    seat = request.get(_SEAT)
    if seat is not None:
        await seat.aclose()
