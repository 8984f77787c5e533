"""The moment of a turn: known once for all of its requests, and never longer."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from pratique.web.turn import Turn


class Looks:
    """What has changed, as far as it is known, and how often that was asked."""

    def __init__(self) -> None:
        self.known: int | None = 1
        self.times = 0

    def kept_known(self) -> int | None:
        self.times += 1
        return self.known


def turn_of(looks: Looks) -> Turn:
    ports: Any = SimpleNamespace(revisions=looks, clock=SimpleNamespace(now=lambda: looks.times))
    return Turn(ports)


async def test_requests_of_one_turn_share_one_look() -> None:
    looks = Looks()
    turn = turn_of(looks)

    first = turn.moment()

    assert first is not None
    assert turn.moment() is first
    assert looks.times == 1


async def test_the_next_turn_looks_again() -> None:
    looks = Looks()
    turn = turn_of(looks)
    turn.moment()

    await asyncio.sleep(0)
    looks.known = None

    assert turn.moment() is None
    assert looks.times == 2


async def test_what_is_not_known_is_asked_for_each_time() -> None:
    looks = Looks()
    looks.known = None
    turn = turn_of(looks)

    assert turn.moment() is None
    looks.known = 2
    assert turn.moment() is not None
