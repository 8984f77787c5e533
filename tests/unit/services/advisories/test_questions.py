"""Whose share of the slots a question takes, and who waits for one."""

from __future__ import annotations

import asyncio

import pytest

from pratique.core.actors import NOBODY, Actor, ActorKind
from pratique.core.errors import TooManyAtOnce
from pratique.services.advisories.questions import Questions, QuestionSlots, asker_of


def test_an_account_is_one_asker_wherever_it_asks_from() -> None:
    ann = Actor(ActorKind.USER, account=1)
    assert asker_of(ann, "192.0.2.1") == asker_of(ann, "2001:db8::1")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_nobody_is_known_by_an_address_and_of_ipv6_by_what_one_asker_is_given(one: str, other: str, same: bool) -> None:
    assert (asker_of(NOBODY, one) == asker_of(NOBODY, other)) is same


async def test_who_waits_gets_the_slot_and_one_more_than_may_wait_is_refused_at_once() -> None:
    questions = Questions(QuestionSlots(at_once=1, patience=60, waiting=2))
    entered: list[str] = []

    async def one(name: str) -> None:
        async with questions.slot(name):
            entered.append(name)

    async with questions.slot("first"):
        waiting = [asyncio.create_task(one(name)) for name in ("second", "third")]
        await asyncio.sleep(0)
        with pytest.raises(TooManyAtOnce, match="too many audits are under way"):
            await one("fourth")
        with pytest.raises(TooManyAtOnce, match="of this account or address"):
            await one("second")
    await asyncio.gather(*waiting)

    assert entered == ["second", "third"]
    questions.close()


async def test_who_gives_up_waiting_leaves_the_line() -> None:
    questions = Questions(QuestionSlots(at_once=1, patience=0, waiting=1))
    async with questions.slot("first"):
        for _ in range(3):
            with pytest.raises(TooManyAtOnce):
                async with questions.slot("second"):
                    pass
    async with questions.slot("second"):
        pass
    questions.close()
