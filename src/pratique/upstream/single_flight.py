"""The same work, asked for by many at once, is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from pratique.core.errors import Unavailable

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class SingleFlight(Generic[K, T]):
    """Runs at most one piece of work per key in this process; whoever comes meanwhile shares its outcome.

    A caller that goes away takes nothing from the others. Work that nobody waits for any more ends, unless
    it was begun in the background.
    """

    def __init__(self) -> None:
        self._flights: dict[K, _Flight[T]] = {}

    async def run(self, key: K, work: Callable[[], Awaitable[T]]) -> T:
        """The outcome of the work under way for this key, which `work` begins if there is none.

        Raises:
            Unavailable: the server is closing.
            Exception: whatever the work raises, to everybody who waits for it.
        """
        flight = self._flights.get(key) or self._launch(key, work)
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            if flight.closed and not _is_being_cancelled():
                raise Unavailable("the server is being stopped; try again") from None
            raise
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.background and not flight.task.done():
                self._flights.pop(key, None)
                flight.task.cancel()

    def begin(self, key: K, work: Callable[[], Awaitable[T]]) -> None:
        """Begin the work in the background unless it is under way; it goes on without anybody waiting.

        What it raises is for those who join it; the work itself tells the log.
        """
        flight = self._flights.get(key) or self._launch(key, work)
        flight.background = True

    def _launch(self, key: K, work: Callable[[], Awaitable[T]]) -> _Flight[T]:
        async def fly() -> T:
            return await work()

        flight = self._flights[key] = _Flight(asyncio.create_task(fly()))

        def landed(task: asyncio.Task[T]) -> None:
            if self._flights.get(key) is flight:
                del self._flights[key]
            if not task.cancelled():
                task.exception()  # seen here, so that asyncio does not report it as lost

        flight.task.add_done_callback(landed)
        return flight

    async def close(self) -> None:
        """Stop all work; those who wait are told that the server is closing."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.closed = True
            flight.task.cancel()
        await asyncio.gather(*(flight.task for flight in flights), return_exceptions=True)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Flight(Generic[T]):
    def __init__(self, task: asyncio.Task[T]) -> None:
        self.task = task
        self.waiting = 0
        self.background = False
        self.closed = False
