"""So many at once, of one asker and of all; the next ones wait in lines of their own, and waiting has an end."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Hashable

import msgspec


class SlotLimits(msgspec.Struct, frozen=True):
    """What one process does at the same time.

    Attributes:
        at_once: of everybody.
        at_once_each: of one asker, so that none keeps the others out.
        patience: seconds that one waits.
        waiting: so many wait; who comes then is turned away at once; None: as many as come. An asker of whom nobody
            waits yet takes the place of one who has several.
        waiting_each: of one asker.
    """

    at_once: int
    at_once_each: int
    patience: float
    waiting: int | None = None
    waiting_each: int | None = None


class NoSlotLeft(Exception):
    """It took too long, or too many wait already.

    Attributes:
        is_own: the asker's own share is taken.
    """

    def __init__(self, *, is_own: bool) -> None:
        super().__init__()
        self.is_own = is_own


class Slots:
    """The slots of one kind of work, in one process.

    Each asker has a line. Who leaves a slot gives it to the next asker in turn, so that many questions of one asker
    wait for each other, and those of others for one of them at most.
    """

    def __init__(self, limits: SlotLimits) -> None:
        self.limits = limits
        self._held: Counter[Hashable] = Counter()
        self._lines: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()
        """Who waits, by asker; the asker whose turn is next comes first. No line is empty."""

    @contextlib.asynccontextmanager
    async def slot(self, asker: Hashable) -> AsyncIterator[None]:
        """Wait until one more may begin.

        Raises:
            NoSlotLeft: that takes too long, or too many wait.
        """
        if self._is_open_to(asker):
            self._held[asker] += 1
        else:
            await self._wait(asker)
        try:
            yield
        finally:
            self._give_back(asker)

    def _is_open_to(self, asker: Hashable) -> bool:
        return self._held.total() < self.limits.at_once and self._held[asker] < self.limits.at_once_each

    async def _wait(self, asker: Hashable) -> None:
        """Return with a slot. Raises NoSlotLeft."""
        place = self._place_in_line(asker)
        try:
            async with asyncio.timeout(self.limits.patience):
                await place
        except TimeoutError:
            self._leave(asker, place)
            raise NoSlotLeft(is_own=self._held[asker] >= self.limits.at_once_each) from None
        except asyncio.CancelledError:
            self._leave(asker, place)
            raise

    def _place_in_line(self, asker: Hashable) -> asyncio.Future[None]:
        """A place at the end of the asker's own line. Raises NoSlotLeft."""
        mine = len(self._lines.get(asker, ()))
        if _is_full(mine, self.limits.waiting_each):
            raise NoSlotLeft(is_own=True)
        if _is_full(sum(map(len, self._lines.values())), self.limits.waiting):
            if mine:
                raise NoSlotLeft(is_own=False)
            self._turn_one_away()
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(asker, deque()).append(place)
        return place

    def _turn_one_away(self) -> None:
        """The last of whoever has most waiting makes room. Raises NoSlotLeft: nobody has more than one."""
        longest = max(self._lines.values(), key=len, default=None)
        if longest is None or len(longest) < 2:
            raise NoSlotLeft(is_own=False)
        last = longest.pop()
        if not last.done():  # else its waiting is over just now
            last.set_exception(NoSlotLeft(is_own=True))

    def _leave(self, asker: Hashable, place: asyncio.Future[None]) -> None:
        """Give up waiting, or the slot, if it was given at the same moment."""
        if place.done() and not place.cancelled() and place.exception() is None:
            self._give_back(asker)
            return
        line = self._lines.get(asker)
        if line is not None and place in line:
            line.remove(place)
            self._forget_empty(asker)

    def _give_back(self, asker: Hashable) -> None:
        self._held[asker] -= 1
        if not self._held[asker]:
            del self._held[asker]
        for following in list(self._lines):
            if self._is_open_to(following) and self._lead_in(following):
                return

    def _lead_in(self, asker: Hashable) -> bool:
        """Give a slot to the first in an asker's line; whether somebody still waits there. Then it is others' turn."""
        line, is_given = self._lines[asker], False
        while line and not is_given:
            place = line.popleft()
            if not place.done():  # else its waiting is over just now
                place.set_result(None)
                self._held[asker] += 1
                is_given = True
        self._lines.move_to_end(asker)
        self._forget_empty(asker)
        return is_given

    def _forget_empty(self, asker: Hashable) -> None:
        if not self._lines[asker]:
            del self._lines[asker]


def _is_full(waiting: int, limit: int | None) -> bool:
    return limit is not None and waiting >= limit
