"""What releases say of themselves: read once, on a thread of their own, for a few askers at once.

Reading it is work for the processor, up to a second for what was written to take long, and anybody may ask for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

import orjson

from pratique.core.ecosystem_verbs import DescribesProjects
from pratique.services.advisories.questions import QuestionSlots, one_of, slot_limits
from pratique.services.slots import Slots

P = ParamSpec("P")
T = TypeVar("T")

_KEPT = 16 << 20
"""Bytes of what was read, as JSON."""

_DEFAULT_SLOTS = QuestionSlots()


class SelfDescriptions:
    """Slots, the thread, and what was read of late by the digest of what it was read from."""

    def __init__(self, slots: QuestionSlots = _DEFAULT_SLOTS, max_bytes: int = _KEPT) -> None:
        self._slots = Slots(slot_limits(slots))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="describe")
        self._kept: OrderedDict[tuple[type, str], bytes] = OrderedDict()
        self._max_bytes, self._bytes = max_bytes, 0

    @contextlib.asynccontextmanager
    async def slot(self, asker: Hashable) -> AsyncIterator[None]:
        """Wait until one project more may be described.

        Raises:
            TooManyAtOnce: that takes too long, or too many wait.
        """
        async with one_of(self._slots, asker, "descriptions of projects"):
            yield

    async def run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do a piece of work on the thread for it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *arguments, **named))

    async def said(self, speech: DescribesProjects, content: bytes) -> Mapping[str, Any]:
        """The fields of a release's own description; of the same bytes they are read once."""
        return await self.run(self._said, speech, content) if content else {}

    def _said(self, speech: DescribesProjects, content: bytes) -> Mapping[str, Any]:
        """On the one thread, so that of two who ask for the same the second one finds it."""
        key = (type(speech), hashlib.sha256(content).hexdigest())
        kept = self._kept.pop(key, None)
        if kept is None:
            kept = orjson.dumps(speech.read_said(content))
            self._bytes += len(kept)
        self._kept[key] = kept
        while self._bytes > self._max_bytes:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone)
        fields: dict[str, Any] = orjson.loads(kept)
        return fields

    def close(self) -> None:
        """Let what runs end, and take no more."""
        self._thread.shutdown(wait=True)
