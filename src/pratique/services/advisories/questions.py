"""How many questions that look at much are answered at once, of one asker and of all: installs go on beside them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import msgspec

from pratique.core.actors import Actor
from pratique.core.errors import TooManyAtOnce
from pratique.services.slots import NoSlotLeft, SlotLimits, Slots
from pratique.trust.networks import network_of

P = ParamSpec("P")
T = TypeVar("T")

PORTION = 250
"""Names, or records, that are read in one transaction: then it is the turn of others who wait for a reader."""


class QuestionSlots(msgspec.Struct, frozen=True):
    """Questions that are worked at in one process; the next ones wait a while.

    Attributes:
        at_once: of everybody: fewer than the database has readers.
        at_once_asker: of one account, or of one address where nobody signed in.
        patience: seconds that a question waits.
        waiting: so many wait; half of them may be of one asker.
    """

    at_once: int = 2
    at_once_asker: int = 1
    patience: float = 20.0
    waiting: int = 64


_DEFAULT_SLOTS = QuestionSlots()


class Questions:
    """Slots for audits, for searches and for lockfiles, which may wait for upstreams, and a thread for audits.

    Those of one kind do not wait for another. All of them read a portion in each transaction, and one at a time, so
    that a download waits for a few portions at most, however many slots there are.
    """

    def __init__(self, slots: QuestionSlots = _DEFAULT_SLOTS) -> None:
        limits = slot_limits(slots)
        self._audits, self._searches, self._lockfiles = Slots(limits), Slots(limits), Slots(limits)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audit")

    @contextlib.asynccontextmanager
    async def slot(self, asker: Hashable) -> AsyncIterator[None]:
        """Wait until one audit more may be worked at.

        Raises:
            TooManyAtOnce: that takes too long, or too many wait.
        """
        async with one_of(self._audits, asker, "audits"):
            yield

    @contextlib.asynccontextmanager
    async def search_slot(self, asker: Hashable) -> AsyncIterator[None]:
        """Wait until one search more may look. Raises TooManyAtOnce."""
        async with one_of(self._searches, asker, "searches"):
            yield

    @contextlib.asynccontextmanager
    async def lockfile_slot(self, asker: Hashable) -> AsyncIterator[None]:
        """Wait until one lockfile more may be checked. Raises TooManyAtOnce."""
        async with one_of(self._lockfiles, asker, "lockfile checks"):
            yield

    async def run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do a piece of work on the thread for it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *arguments, **named))

    def close(self) -> None:
        """Let what runs end, and take no more."""
        self._thread.shutdown(wait=True)


def slot_limits(slots: QuestionSlots) -> SlotLimits:
    """The same for `Slots`."""
    return SlotLimits(slots.at_once, slots.at_once_asker, slots.patience, slots.waiting, max(1, slots.waiting // 2))


def asker_of(actor: Actor, address: str) -> Hashable:
    """Whose slots a question takes: the account's, whatever token it uses; of nobody's questions the network's."""
    return network_of(address) if actor.account is None else actor.account


@contextlib.asynccontextmanager
async def one_of(slots: Slots, asker: Hashable, what: str) -> AsyncIterator[None]:
    """Wait for a slot. Raises TooManyAtOnce, which names what there is too much of."""
    async with contextlib.AsyncExitStack() as held:
        try:
            await held.enter_async_context(slots.slot(asker))
        except NoSlotLeft as none:
            whose = "of this account or address " if none.is_own else ""
            raise TooManyAtOnce(
                f"too many {what} {whose}are under way here, and this one waited too long; nothing was looked up, "
                "try again later (settings advisories.at_once, advisories.at_once_asker)"
            ) from None
        yield
