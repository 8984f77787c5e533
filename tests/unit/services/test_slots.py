"""Slots go round among those who ask, and a crowd of one asker's keeps nobody else out of the line."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable

import pytest

from pratique.services.slots import NoSlotLeft, SlotLimits, Slots

ONE = SlotLimits(at_once=1, at_once_each=1, patience=60)


class Line:
    """Who asked for a slot, one after the other, and how it ended, in the order in which it did."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.ended: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def add(self, *askers: Hashable) -> None:
        for asker in askers:
            self._tasks.append(asyncio.create_task(self._one(asker)))
            await asyncio.sleep(0)

    async def _one(self, asker: Hashable) -> None:
        try:
            async with self.slots.slot(asker):
                await asyncio.sleep(0)
                self.ended.append(f"{asker}")
        except NoSlotLeft as none:
            self.ended.append(f"{asker} refused{' (own)' if none.is_own else ''}")

    async def end(self) -> list[str]:
        await asyncio.gather(*self._tasks)
        return self.ended


async def test_turns_go_round_among_askers_however_many_wait_of_each() -> None:
    slots = Slots(ONE)
    line = Line(slots)
    async with slots.slot("first"):
        await line.add("a", "a", "a", "b", "c")

    assert await line.end() == ["a", "b", "c", "a", "a"]


async def test_who_holds_their_share_lets_others_of_the_line_go_first() -> None:
    slots = Slots(SlotLimits(at_once=2, at_once_each=1, patience=60))
    line = Line(slots)
    async with slots.slot("a"):
        async with slots.slot("first"):
            await line.add("a", "b")
        await asyncio.sleep(0.01)
        assert line.ended == ["b"]

    assert await line.end() == ["b", "a"]


async def test_the_first_of_an_asker_takes_the_place_of_the_last_of_whoever_has_most_waiting() -> None:
    slots = Slots(SlotLimits(at_once=1, at_once_each=1, patience=60, waiting=3, waiting_each=3))
    line = Line(slots)
    async with slots.slot("first"):
        await line.add("a", "a", "a", "b", "b")
        await asyncio.sleep(0)
        assert sorted(line.ended) == ["a refused (own)", "b refused"]

    assert sorted((await line.end())[2:]) == ["a", "a", "b"]


async def test_where_one_of_each_waits_the_next_asker_is_turned_away() -> None:
    slots = Slots(SlotLimits(at_once=1, at_once_each=1, patience=60, waiting=2))
    line = Line(slots)
    async with slots.slot("first"):
        await line.add("a", "b", "c")
        assert line.ended == ["c refused"]

    assert (await line.end())[1:] == ["a", "b"]


@pytest.mark.parametrize("given_first", [True, False])
async def test_who_gives_up_at_the_moment_of_being_let_in_loses_no_slot(given_first: bool) -> None:
    slots = Slots(ONE)
    holder = slots.slot("first")
    await holder.__aenter__()

    async def wait() -> None:
        async with slots.slot("a"):
            pytest.fail("it had given up")

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    if given_first:
        await holder.__aexit__(None, None, None)
        waiting.cancel()
    else:
        waiting.cancel()
        await holder.__aexit__(None, None, None)
    await asyncio.gather(waiting, return_exceptions=True)

    line = Line(slots)
    await line.add("b")
    assert await line.end() == ["b"]


async def test_where_nobody_may_wait_the_next_one_is_turned_away_at_once():
    slots = Slots(SlotLimits(1, 1, 60, 0))
    async with slots.slot("ann"):
        with pytest.raises(NoSlotLeft):
            async with slots.slot("bob"):
                pass
