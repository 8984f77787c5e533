"""Work asked for by many at once is done once, and nobody's going away harms the others."""

import asyncio

import pytest

from pratique.core.errors import BadUpstream, Unavailable
from pratique.upstream.single_flight import SingleFlight


class Work:
    """Counts how often it is begun, ended early or finished, and waits to be let go."""

    def __init__(self, outcome="done"):
        self.outcome, self.begun, self.cancelled = outcome, 0, 0
        self.go = asyncio.Event()

    async def __call__(self):
        self.begun += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_work_asked_for_by_many_is_done_once():
    flights, work = SingleFlight(), Work()

    callers = [asyncio.create_task(flights.run("a", work)) for _ in range(10)]
    await settle()
    work.go.set()

    assert await asyncio.gather(*callers) == ["done"] * 10
    assert work.begun == 1


async def test_different_keys_do_not_wait_for_each_other():
    flights, slow, quick = SingleFlight(), Work("slow"), Work("quick")
    quick.go.set()
    waiting = asyncio.create_task(flights.run("a", slow))

    assert await flights.run("b", quick) == "quick"

    slow.go.set()
    assert await waiting == "slow"


async def test_what_ended_is_done_anew():
    flights, work = SingleFlight(), Work()
    work.go.set()

    await flights.run("a", work)
    await flights.run("a", work)

    assert work.begun == 2


async def test_a_failure_reaches_everybody_and_is_forgotten():
    flights, work = SingleFlight(), Work(BadUpstream("no"))
    callers = [asyncio.create_task(flights.run("a", work)) for _ in range(3)]
    await settle()
    work.go.set()

    assert [str(one) for one in await asyncio.gather(*callers, return_exceptions=True)] == ["no"] * 3
    work.outcome = "yes"
    assert await flights.run("a", work) == "yes"


async def test_a_caller_that_goes_away_takes_nothing_from_the_others():
    flights, work = SingleFlight(), Work()
    first, second = (asyncio.create_task(flights.run("a", work)) for _ in range(2))
    await settle()

    first.cancel()
    await settle()
    work.go.set()

    assert await second == "done"
    assert first.cancelled()
    assert work.begun == 1


async def test_work_that_nobody_waits_for_ends_and_can_be_begun_again():
    flights, work = SingleFlight(), Work()
    callers = [asyncio.create_task(flights.run("a", work)) for _ in range(2)]
    await settle()

    for caller in callers:
        caller.cancel()
    await settle()
    assert work.cancelled == 1

    work.go.set()
    assert await flights.run("a", work) == "done"


async def test_work_in_the_background_goes_on_when_those_who_joined_it_leave():
    flights, work = SingleFlight(), Work()
    flights.begin("a", work)
    joined = asyncio.create_task(flights.run("a", work))
    await settle()

    joined.cancel()
    await settle()

    assert (work.begun, work.cancelled) == (1, 0)
    work.go.set()
    await settle()


async def test_a_failure_in_the_background_disturbs_nobody():
    flights, work = SingleFlight(), Work(BadUpstream("no"))
    work.go.set()

    flights.begin("a", work)
    await settle()

    work.outcome = "yes"
    assert await flights.run("a", work) == "yes"


async def test_closing_tells_those_who_wait():
    flights, work = SingleFlight(), Work()
    waiting = asyncio.create_task(flights.run("a", work))
    await settle()

    await flights.close()

    with pytest.raises(Unavailable, match=r"being stopped"):
        await waiting
    assert work.cancelled == 1
