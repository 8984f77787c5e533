"""The first download of an upstream's file: fetched once for all who ask, judged before its end is handed out.

Small and quick files are waited for and then served from the store. Of others, bytes flow while they are
fetched, but the last 64 KiB stay here until the digests are known and the file is judged: nobody holds a
whole file that was refused. On failure the connection is cut and nothing is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from functools import partial
from types import TracebackType
from typing import TypeVar

from pratique.core.errors import PratiqueError
from pratique.core.limits import FlightLimits
from pratique.core.ports import Blobs, StoredBlob
from pratique.services.installing.fetch_plan import FetchPlan, FlightFailed
from pratique.services.installing.flight import Flight
from pratique.store.memory_draft import MemoryRoom
from pratique.upstream.client import UpstreamClient

_DEFAULT_LIMITS = FlightLimits()
_PIECE = 64 << 10

T = TypeVar("T")


class Flights:
    """All first downloads under way in this process."""

    def __init__(self, client: UpstreamClient, blobs: Blobs, limits: FlightLimits = _DEFAULT_LIMITS) -> None:
        self._client, self._blobs, self._limits = client, blobs, limits
        self._under_way: dict[Hashable, Flight] = {}
        self._memory = MemoryRoom()

    def board(self, key: Hashable, plan: FetchPlan) -> Passenger:
        """Join the flight of this key, starting it if there is none. The caller must `leave`.

        Args:
            key: all that makes it the same download: repository, project and file, and where and what the
                index says it is. Who read a newer index must not be judged by bytes fetched for an older one.
            plan: of this client; whoever joins brings a judge of their own.
        """
        flight = self._under_way.get(key)
        if flight is None or flight.ended:
            flight = self._under_way[key] = Flight(self._client, self._blobs, self._memory, plan, self._limits)
            flight.task.add_done_callback(partial(self._remove, key, flight))
        return Passenger(flight, plan, self._limits)

    def _remove(self, key: Hashable, flight: Flight, _: object) -> None:
        if self._under_way.get(key) is flight:
            del self._under_way[key]

    async def close(self) -> None:
        """Stop all flights; nothing of them is stored."""
        flights = list(self._under_way.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*(flight.landed() for flight in flights), return_exceptions=True)


class Passenger:
    """One client's seat in a flight. Use it as a context manager around the whole response."""

    def __init__(self, flight: Flight, plan: FetchPlan, limits: FlightLimits) -> None:
        self._flight, self._limits = flight, limits
        self.judge, self._plan = plan.judge, plan
        self.judged_at: int | None = None
        self.refusal: PratiqueError | None = None
        flight.passengers.append(self)

    async def __aenter__(self) -> Passenger:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    @property
    def size(self) -> int | None:
        """Total bytes, as soon as the upstream has answered; None if nobody says."""
        return self._flight.size

    async def complete_or_deadline(self) -> StoredBlob | None:
        """Wait for the file as long as a client can be kept waiting, but at least until the upstream answers.

        Returns:
            The stored blob, or None if the file takes longer or could not be kept: then send headers with `size`,
            and `chunks`.

        Raises:
            PratiqueError: what went wrong, while it still can be said in a proper answer.
        """
        if self._plan.too_long is not None:
            return await self._looked_at(self._plan.too_long, self._kept_or_not)
        try:
            async with asyncio.timeout(self._limits.complete_within / 1000):
                return await self._flight.news_until(self._complete_or_long)
        except TimeoutError:
            return await self._flight.news_until(self._complete_or_begun)

    async def _looked_at(self, too_long: PratiqueError, look: Callable[[], tuple[T] | None]) -> T:
        try:
            async with asyncio.timeout(self._plan.patience / 1000):
                return await self._flight.news_until(look)
        except TimeoutError:
            raise too_long from None

    def _kept_or_not(self) -> tuple[StoredBlob | None] | None:
        self._raise_failure()
        if self._flight.stored is None:
            return None
        return (self._flight.stored if self._flight.kept else None,)

    def _complete_or_begun(self) -> tuple[StoredBlob | None] | None:
        self._raise_failure()
        return (self._flight.stored if self._flight.kept else None,) if self._flight.answered else None

    def _complete_or_long(self) -> tuple[StoredBlob | None] | None:
        self._raise_failure()
        return self._kept_or_not() or ((None,) if self._flight.received > self._limits.complete_bytes else None)

    async def completed(self) -> StoredBlob:
        """Wait until the file is stored, however long it takes (Range requests need all of it).

        Raises:
            PratiqueError: what went wrong, also if it could not be kept.
        """
        if self._plan.too_long is not None:
            return await self._looked_at(self._plan.too_long, self._complete)
        return await self._flight.news_until(self._complete)

    def _complete(self) -> tuple[StoredBlob] | None:
        self._raise_failure()
        if self._flight.unkept is not None:
            raise self._flight.unkept
        return (self._flight.stored,) if self._flight.stored is not None else None

    async def chunks(self, offset: int = 0) -> AsyncIterator[bytes]:
        """The file's bytes from `offset`, as soon as each may be handed out.

        Raises:
            FlightFailed: the rest will never come; cut the connection.
        """
        flight = self._flight
        while True:
            end = await flight.news_until(lambda at=offset: self._end_beyond(at))  # type: ignore[misc]
            while offset < end:
                piece = await flight.read(offset, min(_PIECE, end - offset))
                self._end_beyond(offset)
                yield piece
                offset += len(piece)
            if flight.stored is not None and offset >= flight.stored.size:
                return

    def _end_beyond(self, offset: int) -> tuple[int] | None:
        """Up to where bytes may be handed out, if that is beyond `offset` or all there is."""
        try:
            self._raise_failure()
        except PratiqueError as error:
            raise FlightFailed(str(error)) from error
        if self._flight.stored is not None:
            return (self._flight.stored.size,)
        end = self._flight.released
        return (end,) if end > offset else None

    def _raise_failure(self) -> None:
        failure = self.refusal or self._flight.failure
        if failure is not None:
            raise failure

    def leave(self) -> None:
        """Go away; safe to call twice.

        A flight without passengers goes on into the store if more than half of the file is there: the next
        one to ask (often the same client trying again) has it at once. Otherwise it ends. One that is scanned
        before anybody gets a byte goes on in any case: all are told to come back.
        """
        self._flight.left_by(self)
