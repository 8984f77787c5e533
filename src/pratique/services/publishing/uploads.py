"""How many uploads are taken in at once, of one account and of all: installs go on beside them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar
from weakref import WeakValueDictionary

import msgspec

from pratique.core.errors import Unavailable
from pratique.core.names import ProjectKey
from pratique.services.slots import NoSlotLeft, SlotLimits, Slots

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
"""Decoding and archive walking are work for the processor; more threads would only starve the listings."""

_TRY_AGAIN = 30
"""Seconds after which whoever was not let in may ask again."""


class UploadSlots(msgspec.Struct, frozen=True):
    """Uploads that stand on the disk at the same time, in one process; the next ones wait a while.

    Attributes:
        at_once: of everybody.
        at_once_account: of one account, whatever tokens it uses, so that none keeps the others out.
        patience: seconds that an upload waits.
    """

    at_once: int = 16
    at_once_account: int = 4
    patience: float = 60.0


_DEFAULT_SLOTS = UploadSlots()


class Uploads:
    """Slots, threads, and one turn at a time for each project."""

    def __init__(self, slots: UploadSlots = _DEFAULT_SLOTS) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="upload")
        self._slots = Slots(SlotLimits(slots.at_once, slots.at_once_account, slots.patience))
        self._turns: WeakValueDictionary[ProjectKey, asyncio.Lock] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def slot(self, account: Hashable) -> AsyncIterator[None]:
        """Wait until one upload more may stand on the disk.

        Raises:
            Unavailable: that takes too long.
        """
        async with contextlib.AsyncExitStack() as held:
            try:
                await held.enter_async_context(self._slots.slot(account))
            except NoSlotLeft as none:
                raise Unavailable(_busy(none, self._slots.limits), retry_after=_TRY_AGAIN) from None
            yield

    @contextlib.asynccontextmanager
    async def turn(self, key: ProjectKey) -> AsyncIterator[None]:
        """Wait until no other upload or first download of this process records into the project."""
        lock = self._turns.setdefault(key, asyncio.Lock())
        async with lock:
            yield

    async def run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do a piece of work on an upload thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments, **named))

    def close(self) -> None:
        """Let what runs end, and take no more."""
        self._threads.shutdown(wait=True)


def _busy(none: NoSlotLeft, limits: SlotLimits) -> str:
    if none.is_own:
        return f"{limits.at_once_each} uploads of this account are under way here; try again when one has ended"
    return f"{limits.at_once} uploads are under way here; try again later"
