"""Scans that somebody waits for: one for each artefact, which goes on when whoever waits for it has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar

from pratique.core.errors import Unavailable
from pratique.core.limits import ScanWaiting

T = TypeVar("T")


class ScansUnderWay:
    """Those of one event loop."""

    def __init__(self, waiting: ScanWaiting) -> None:
        """Begin without any.

        Args:
            waiting: how long anybody is kept waiting.
        """
        self.waiting = waiting
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    async def wait_for(self, key: Hashable, begin: Callable[[], Coroutine[Any, Any, T]], name: str) -> T:
        """What comes of a scan, of one that is under way if there is one.

        Args:
            key: stands for the artefact.
            begin: begins it.
            name: of the file, for the sentence.

        Raises:
            Unavailable: it takes longer than anybody is kept waiting; it goes on.
        """
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(begin())
            task.add_done_callback(lambda done: self._ended(key, done))
        await asyncio.wait([task], timeout=self.waiting.within / 1_000)
        if not task.done():
            raise self.too_long(name)
        if task.cancelled():
            raise Unavailable("the server is being stopped; try again")
        found: T = task.result()
        return found

    def too_long(self, name: str) -> Unavailable:
        """What whoever has waited long enough is told."""
        return Unavailable(f"{name} is being scanned; it is served once that is done", self.waiting.retry_after)

    def _ended(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(key, None)
        if not task.cancelled():
            task.exception()  # perhaps nobody waits for it any more

    async def close(self) -> None:
        """Stop waiting for all of them."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
