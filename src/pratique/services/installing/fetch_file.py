"""The first download of an upstream's file: fetched once for all who ask, judged before its end is handed out.

Small and quick files are waited for and then served from the store. Of others, bytes flow while they are
fetched, but the last 64 KiB stay here until the digests are known and the file is judged: nobody holds a
whole file that was refused. On failure the connection is cut and nothing is stored.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TypeVar

import structlog

from pratique.core.errors import BadUpstream, PratiqueError, Unavailable
from pratique.core.facts import Seen
from pratique.core.limits import FlightLimits
from pratique.core.ports import BlobDraft, Blobs, StoredBlob
from pratique.services.disk import refused_by_disk
from pratique.services.publishing.record_release import ChangedMeanwhile
from pratique.upstream.client import UpstreamClient

_log = structlog.get_logger(__name__)
_DEFAULT_LIMITS = FlightLimits()
_PIECE = 64 << 10
_TRIES = 16
"""Changes of a project while one file of it is recorded; more are taken for a fight over it."""

_T = TypeVar("_T")


class FlightFailed(PratiqueError):
    """It went wrong after bytes had been sent: the connection has to be cut, so that the client sees a short body."""

    status = 502


@dataclass(frozen=True)
class FetchPlan:
    """What to fetch, and what has to be settled before it is kept.

    Attributes:
        upstream_url: base URL of the upstream whose document lists the file.
        file_url: where that says it is.
        see: looks at the bytes, once for all passengers.
        judge: raises a PratiqueError (Refused) for this client if policy refuses what was seen; returns the
            revision of what it was judged by.
        record: writes into the database that the kept blob is this file, if that revision still holds, or
            raises ChangedMeanwhile: then it is judged again. Nobody gets the file's end before.
        size: as the index states it; stands in for a missing Content-Length.
        turn: held while it is recorded. One at a time for each project: every record outdates the
            judgements of the others.
    """

    upstream_url: str
    file_url: str
    see: Callable[[BlobDraft], Awaitable[Seen]]
    judge: Callable[[Seen], Awaitable[int]]
    record: Callable[[StoredBlob, Seen, int], Awaitable[None]]
    size: int | None = None
    turn: Callable[[], AbstractAsyncContextManager[None]] = contextlib.nullcontext


class Flights:
    """All first downloads under way in this process."""

    def __init__(self, client: UpstreamClient, blobs: Blobs, limits: FlightLimits = _DEFAULT_LIMITS) -> None:
        self._client, self._blobs, self._limits = client, blobs, limits
        self._under_way: dict[Hashable, _Flight] = {}

    def board(self, key: Hashable, plan: FetchPlan) -> Passenger:
        """Join the flight of this key, starting it if there is none. The caller must `leave`.

        Args:
            key: all that makes it the same download: repository, project and file, and where and what the
                index says it is. Who read a newer index must not be judged by bytes fetched for an older one.
            plan: of this client; whoever joins brings a judge of their own.
        """
        flight = self._under_way.get(key)
        if flight is None or flight.ended:
            flight = self._under_way[key] = _Flight(self._client, self._blobs, plan, self._limits)
            flight.task.add_done_callback(partial(self._remove, key, flight))
        return Passenger(flight, plan, self._limits)

    def _remove(self, key: Hashable, flight: _Flight, _: object) -> None:
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

    def __init__(self, flight: _Flight, plan: FetchPlan, limits: FlightLimits) -> None:
        self._flight, self._limits = flight, limits
        self.judge = plan.judge
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
            The stored blob, or None if the file takes longer: then send headers with `size`, and `chunks`.

        Raises:
            PratiqueError: what went wrong, while it still can be said in a proper answer.
        """
        try:
            async with asyncio.timeout(self._limits.complete_within / 1000):
                return await self._flight.news_until(self._complete_or_long)
        except TimeoutError:
            return await self._flight.news_until(self._complete_or_begun)

    def _complete_or_begun(self) -> tuple[StoredBlob | None] | None:
        self._raise_failure()
        return (self._flight.stored,) if self._flight.answered else None

    def _complete_or_long(self) -> tuple[StoredBlob | None] | None:
        self._raise_failure()
        if self._flight.stored is not None:
            return (self._flight.stored,)
        return (None,) if self._flight.received > self._limits.complete_bytes else None

    async def completed(self) -> StoredBlob:
        """Wait until the file is stored, however long it takes (Range requests need all of it).

        Raises:
            PratiqueError: what went wrong.
        """
        return await self._flight.news_until(self._complete)

    def _complete(self) -> tuple[StoredBlob] | None:
        self._raise_failure()
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
        one to ask (often the same client trying again) has it at once. Otherwise it ends.
        """
        self._flight.left_by(self)


class _Flight:
    """Fetches one file into a draft. Its own task does the work, so that no client's going away ends it."""

    def __init__(self, client: UpstreamClient, blobs: Blobs, plan: FetchPlan, limits: FlightLimits) -> None:
        self._client, self._blobs, self._plan, self._limits = client, blobs, plan, limits
        self._news = asyncio.Condition()
        self._draft: BlobDraft | None = None
        self._whole = False
        self.answered = False
        self._last_left: Passenger | None = None
        self.passengers: list[Passenger] = []
        self.size = plan.size
        self.received = 0
        self.stored: StoredBlob | None = None
        self.failure: PratiqueError | None = None
        self.task = asyncio.create_task(self._fly())

    @property
    def _name(self) -> str:
        """For the log: never the query, which may hold a signature."""
        return self._plan.file_url.partition("?")[0].rpartition("/")[2]

    @property
    def ended(self) -> bool:
        """Whether it is too late to join: whoever comes now was not judged."""
        return self.stored is not None or self.failure is not None

    @property
    def released(self) -> int:
        """Bytes that may be handed out before the file is judged."""
        if self.size is None:
            return 0
        return max(0, min(self.received, self.size - self._limits.held_back))

    def cancel(self) -> None:
        """End it; whoever waits is told to try again."""
        if not self.ended:
            self.failure = _stopped()
            self.task.cancel()

    async def landed(self) -> None:
        """Wait for the end, and tell those who wait (a task cancelled before its first step tells nobody)."""
        await asyncio.wait([self.task])
        await self._tell()

    async def _fly(self) -> None:
        try:
            await self._fetch()
            await self._settle()
        except asyncio.CancelledError:
            self.failure = _stopped()
        except PratiqueError as error:
            self.failure = error
        except OSError as error:
            self.failure = refused_by_disk(error)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            self.failure = Unavailable(f"the download failed inside ({type(error).__name__}); see the server's log")
            _log.exception("first download failed", file=self._name)
        if self.failure is not None:
            _log.warning("first download ended without a file", file=self._name, error=str(self.failure))
        await self._close_draft()
        await self._tell()

    async def _close_draft(self) -> None:
        """On failure nothing stays; otherwise passengers still read from it, and the last one closes it."""
        if self._draft is not None and (self.failure is not None or not self.passengers):
            await asyncio.to_thread(self._draft.discard)

    async def _fetch(self) -> None:
        stream = await self._client.open_file(self._plan.upstream_url, self._plan.file_url)
        try:
            if stream.size is not None:
                self.size = stream.size
            self._draft = await asyncio.to_thread(self._blobs.draft)
            self.answered = True
            await self._tell()
            async for chunk in stream.chunks():
                await asyncio.to_thread(self._draft.write, chunk)
                self.received += len(chunk)
                if self.size is not None and self.received > self.size:
                    raise _other_size(self.size)
                await self._tell()
        finally:
            stream.close()
        if self.size is not None and self.received != self.size:
            raise _other_size(self.size)
        self._whole = True

    async def _settle(self) -> None:
        """Judge, keep, record; then the rest may be handed out."""
        if self._draft is None:
            raise RuntimeError("settled before it was fetched")
        seen = await self._plan.see(self._draft)
        await self._judge(seen)
        stored = await asyncio.to_thread(self._draft.keep)
        async with self._plan.turn():
            await self._record(stored, seen)
        await self._judge(seen)  # those who came in the meantime
        self.stored = stored

    async def _record(self, stored: StoredBlob, seen: Seen) -> None:
        """Record it by judgements that still hold, judging again what has changed.

        Raises:
            PratiqueError: none of the passengers may have it as things are now, or they change all the time.
        """
        for _ in range(_TRIES):
            await self._judge(seen)
            allowed = [one for one in self._judges() if one.refusal is None]
            judged_by = min(one.judged_at for one in allowed if one.judged_at is not None)
            try:
                return await self._plan.record(stored, seen, judged_by)
            except ChangedMeanwhile:
                for one in allowed:
                    one.judged_at = None
        raise Unavailable("what is known of the project changes all the time at this moment; try again", retry_after=1)

    async def _judge(self, seen: Seen) -> None:
        """Ask the judge of each passenger who has no judgement. The file is kept if at least one of them may have it.

        Raises:
            PratiqueError: none of them may.
        """
        while waiting := [one for one in self._judges() if one.judged_at is None and one.refusal is None]:
            for passenger in waiting:
                try:
                    passenger.judged_at = await passenger.judge(seen)
                except PratiqueError as error:
                    passenger.refusal = error
        refusals = [one.refusal for one in self._judges()]
        if all(refusals) and refusals[0] is not None:
            raise refusals[0]

    def _judges(self) -> list[Passenger]:
        """Everybody on board; when all have left, the last one still stands for the file."""
        return list(self.passengers) or ([self._last_left] if self._last_left is not None else [])

    async def read(self, offset: int, length: int) -> bytes:
        """Bytes that were received. Raises FlightFailed if they were discarded meanwhile."""
        if self._draft is None:
            raise FlightFailed("the download was stopped before it was whole; try again")
        try:
            return await asyncio.to_thread(self._draft.read_at, offset, length)
        except (OSError, ValueError) as error:
            raise FlightFailed("what was fetched cannot be read any more; try again") from error

    def left_by(self, passenger: Passenger) -> None:
        """One passenger less; see `Passenger.leave`."""
        if passenger not in self.passengers:
            return
        self.passengers.remove(passenger)
        self._last_left = passenger
        if self.passengers:
            return
        if self.ended:
            if self._draft is not None:
                self._draft.discard()  # it is stored by now, or gone; this only closes it
        elif not self._whole and (self.size is None or self.received * 2 <= self.size):
            self.cancel()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def news_until(self, look: Callable[[], tuple[_T] | None]) -> _T:
        """Wait until `look` finds something, and return what. It looks after every piece of news."""
        async with self._news:
            while True:
                found = look()
                if found is not None:
                    return found[0]
                await self._news.wait()


def _stopped() -> Unavailable:
    return Unavailable("the download was stopped before it was whole; try again")


def _other_size(stated: int) -> BadUpstream:
    return BadUpstream(f"The upstream sends more or fewer than the {stated} bytes its index states; nothing was stored")
