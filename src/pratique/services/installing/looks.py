"""Threads for looking into what was just fetched: what is found decides nothing, so nothing else waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
"""Unpacking and hashing are work for the processor; more threads would only starve the listings."""


class Looks:
    """A pool of their own, so that listings, stored files and uploads go on beside them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="look")

    async def run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do a piece of work on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments, **named))

    def close(self) -> None:
        """Let what runs end, and take no more."""
        self._threads.shutdown(wait=True)
