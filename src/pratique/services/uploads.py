"""How many uploads are taken in at once, on threads of their own: installs go on beside them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar
from weakref import WeakValueDictionary

from pratique.core.names import ProjectKey

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
"""Decoding and archive walking are work for the processor; more threads would only starve the listings."""

AT_ONCE = 16
"""Uploads that stand on the disk at the same time, in one process; the next ones wait."""


class Uploads:
    """Slots, threads, and one turn at a time for each project."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="upload")
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._turns: WeakValueDictionary[ProjectKey, asyncio.Lock] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait until one upload more may stand on the disk."""
        async with self._slots:
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
