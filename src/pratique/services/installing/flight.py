"""One upstream's file under way: fetched into a draft, judged, kept and recorded, in a task of its own.

What cannot be kept, because the disk is full or the object store is away, is passed on to those on board all the same,
judged and recorded like every other file (ADR 19).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import structlog

from pratique.core.errors import BadUpstream, PratiqueError, Unavailable
from pratique.core.facts import Seen
from pratique.core.limits import FlightLimits
from pratique.core.ports import BlobDraft, Blobs, StoredBlob
from pratique.services.blob_threads import in_blob_thread
from pratique.services.disk import NO_ROOM, refused_by_disk
from pratique.services.installing.fetch_plan import FetchPlan, FlightFailed
from pratique.services.publishing.record_release import ChangedMeanwhile
from pratique.store.memory_draft import MemoryDraft, MemoryRoom
from pratique.upstream.client import UpstreamClient

if TYPE_CHECKING:
    from pratique.services.installing.fetch_file import Passenger

_log = structlog.get_logger(__name__)
_TRIES = 16
"""Changes of a project while one file of it is recorded; more are taken for a fight over it."""

_T = TypeVar("_T")


class Flight:
    """Fetches one file into a draft. Its own task does the work, so that no client's going away ends it."""

    def __init__(
        self, client: UpstreamClient, blobs: Blobs, memory: MemoryRoom, plan: FetchPlan, limits: FlightLimits
    ) -> None:
        self._client, self._blobs, self._memory, self._plan, self._limits = client, blobs, memory, plan, limits
        self._news = asyncio.Condition()
        self._draft: BlobDraft | None = None
        self._whole = False
        self.answered = False
        self._last_left: Passenger | None = None
        self.passengers: list[Passenger] = []
        self.size = plan.size
        self.received = 0
        self.stored: StoredBlob | None = None
        self.unkept: Unavailable | None = None
        self.failure: PratiqueError | None = None
        self.task = asyncio.create_task(self._fly())

    @property
    def _name(self) -> str:
        """For the log: never the query, which may hold a signature."""
        return self._plan.file_url.partition("?")[0].rpartition("/")[2]

    @property
    def kept(self) -> bool:
        """Whether what is called stored is in the store; if not, it is here for those on board."""
        return self.stored is not None and self.unkept is None

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
            await _to_its_end(self._begin_draft)
            self.answered = True
            await self._tell()
            async for chunk in stream.chunks():
                await _to_its_end(partial(self._write, chunk))
                self.received += len(chunk)
                if self.size is not None and self.received > self.size:
                    raise _other_size(self.size)
                await self._tell()
        finally:
            stream.close()
        if self.size is not None and self.received != self.size:
            raise _other_size(self.size)
        self._whole = True

    def _begin_draft(self) -> None:
        try:
            self._draft = self._blobs.draft()
        except OSError as error:
            self._draft = self._in_memory(error)

    def _write(self, chunk: bytes) -> None:
        """Append to the draft; without room for it on the disk, from here on in memory."""
        draft = self._draft
        assert draft is not None
        try:
            draft.write(chunk)
        except OSError as error:
            other = self._in_memory(error)
            try:
                other.write(draft.read_at(0, self.received) + chunk)
            except (OSError, ValueError):
                other.discard()  # nobody else knows of it, and the room it has is not given back by itself
                raise
            self._draft = other
            draft.discard()

    def _in_memory(self, error: OSError) -> MemoryDraft:
        """A draft in memory, if the file is short enough. Raises the error otherwise."""
        may_pass = self._plan.record_unkept is not None and error.errno in NO_ROOM and self.size is not None
        draft = self._memory.draft(self.size) if may_pass and self.size is not None else None
        if draft is None:
            raise error
        return draft

    async def _keep(self) -> StoredBlob:
        """Keep it; what cannot be kept and can still be read is passed on all the same. Raises OSError."""
        draft = self._draft
        assert draft is not None
        digests = draft.digests()
        try:
            return await in_blob_thread(draft.keep)
        except OSError as error:
            if self._plan.record_unkept is None or not await asyncio.to_thread(_is_readable, draft):
                raise
            self.unkept = refused_by_disk(error)
            _log.warning("a fetched file cannot be kept; it is passed on", file=self._name, why=str(self.unkept))
            return StoredBlob(str(digests.sha256), draft.size, digests)

    async def _settle(self) -> None:
        """Judge, keep, record; then the rest may be handed out."""
        if self._draft is None:
            raise RuntimeError("settled before it was fetched")
        seen = await self._plan.see(self._draft)
        await self._judge(seen)
        stored = await self._keep()
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
                record = self._plan.record if self.unkept is None else self._plan.record_unkept
                assert record is not None
                return await record(stored, seen, judged_by)
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
        elif not self._goes_on:
            self.cancel()

    @property
    def _goes_on(self) -> bool:
        """Whether it is worth finishing for whoever comes next."""
        if self._whole or self._plan.too_long is not None:
            return True
        return self.size is not None and self.received * 2 > self.size

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


async def _to_its_end(work: Callable[[], None]) -> None:
    """Do it in a thread, and wait for its end even if cancelled: only then is it known what has to be given back."""
    done = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.wait([done])
    except asyncio.CancelledError:
        await asyncio.wait([done])
        if not done.cancelled():
            done.exception()  # nobody waits for it any more
        raise
    done.result()


def _is_readable(draft: BlobDraft) -> bool:
    try:
        return len(draft.read_at(0, 1)) == min(1, draft.size)
    except (OSError, ValueError):
        return False


def _stopped() -> Unavailable:
    return Unavailable("the download was stopped before it was whole; try again")


def _other_size(stated: int) -> BadUpstream:
    return BadUpstream(f"The upstream sends more or fewer than the {stated} bytes its index states; nothing was stored")
