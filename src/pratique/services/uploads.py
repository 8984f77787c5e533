"""How many uploads are taken in at once, of one account and of all: installs go on beside them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import ParamSpec, TypeVar
from weakref import WeakValueDictionary

from pratique.core.names import ProjectKey
from pratique.services.slots import SlotLimits, Slots

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
"""Decoding and archive walking are work for the processor; more threads would only starve the listings."""

_DEFAULT_SLOTS = SlotLimits()


class Uploads:
    """Slots, threads, and one turn at a time for each project."""

    def __init__(self, limits: SlotLimits = _DEFAULT_SLOTS) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="upload")
        self._slots = Slots(limits, "uploads")
        self._turns: WeakValueDictionary[ProjectKey, asyncio.Lock] = WeakValueDictionary()

    def slot(self, account: Hashable) -> AbstractAsyncContextManager[None]:
        """Wait until one upload more may stand on the disk.

        Raises:
            Unavailable: that takes too long.
        """
        return self._slots.slot(account)

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
