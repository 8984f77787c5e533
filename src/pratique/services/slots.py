"""So many at once, of one asker and of all; the next ones wait, and waiting has an end."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Hashable, Iterator
from weakref import WeakValueDictionary

import msgspec


class SlotLimits(msgspec.Struct, frozen=True):
    """What one process does at the same time.

    Attributes:
        at_once: of everybody.
        at_once_each: of one asker, so that none keeps the others out.
        patience: seconds that one waits.
        waiting: so many wait; who comes then is turned away at once; None: as many as come.
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
    """The slots of one kind of work, in one process."""

    def __init__(self, limits: SlotLimits) -> None:
        self.limits = limits
        self._slots = asyncio.Semaphore(limits.at_once)
        self._shares: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()
        self._waiting: Counter[Hashable] = Counter()

    @contextlib.asynccontextmanager
    async def slot(self, asker: Hashable) -> AsyncIterator[None]:
        """Wait until one more may begin.

        Raises:
            NoSlotLeft: that takes too long, or too many wait.
        """
        share = self._shares.setdefault(asker, asyncio.Semaphore(self.limits.at_once_each))
        async with contextlib.AsyncExitStack() as held:
            with self._place_in_line(asker, share):
                has_share = False
                try:
                    async with asyncio.timeout(self.limits.patience):
                        await held.enter_async_context(share)
                        has_share = True
                        await held.enter_async_context(self._slots)
                except TimeoutError:
                    raise NoSlotLeft(is_own=not has_share) from None
            yield

    @contextlib.contextmanager
    def _place_in_line(self, asker: Hashable, share: asyncio.Semaphore) -> Iterator[None]:
        """Be counted among those who wait, for as long as the block takes. Raises NoSlotLeft."""
        has_to_wait = share.locked() or self._slots.locked()
        if has_to_wait and _is_full(self._waiting[asker], self.limits.waiting_each):
            raise NoSlotLeft(is_own=True)
        if has_to_wait and _is_full(self._waiting.total(), self.limits.waiting):
            raise NoSlotLeft(is_own=False)
        self._waiting[asker] += 1
        try:
            yield
        finally:
            self._waiting[asker] -= 1
            if not self._waiting[asker]:
                del self._waiting[asker]


def _is_full(waiting: int, limit: int | None) -> bool:
    return limit is not None and waiting >= limit
