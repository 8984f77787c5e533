"""How many pieces of one kind of work are under way at once, of one account and of all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Hashable
from weakref import WeakValueDictionary

import msgspec

from pratique.core.errors import Unavailable

_TRY_AGAIN = 30
"""Seconds after which whoever was not let in may ask again."""


class SlotLimits(msgspec.Struct, frozen=True):
    """Pieces of work that are under way at the same time, in one process; the next ones wait a while.

    Attributes:
        at_once: of everybody.
        at_once_account: of one account, whatever tokens it uses, so that none keeps the others out.
        patience: seconds that a piece of work waits.
    """

    at_once: int = 16
    at_once_account: int = 4
    patience: float = 60.0


class Slots:
    """The places of one kind of work.

    Args:
        limits: how many there are.
        work: what sentences call the work, in the plural: `uploads`.
    """

    def __init__(self, limits: SlotLimits, work: str) -> None:
        self._limits = limits
        self._work = work
        self._slots = asyncio.Semaphore(limits.at_once)
        self._shares: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def slot(self, account: Hashable) -> AsyncIterator[None]:
        """Wait until one piece of work more may be under way.

        Raises:
            Unavailable: that takes too long.
        """
        limits = self._limits
        share = self._shares.setdefault(account, asyncio.Semaphore(limits.at_once_account))
        async with contextlib.AsyncExitStack() as held:
            try:
                async with asyncio.timeout(limits.patience):
                    await held.enter_async_context(share)
                    await held.enter_async_context(self._slots)
            except TimeoutError:
                raise Unavailable(self._busy(share), retry_after=_TRY_AGAIN) from None
            yield

    def _busy(self, share: asyncio.Semaphore) -> str:
        if share.locked():
            many = f"{self._limits.at_once_account} {self._work} of this account are under way here"
            return f"{many}; try again when one has ended"
        return f"{self._limits.at_once} {self._work} are under way here; try again later"
