"""Whose turn it is at the scanner."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pratique.scan.shared.turns import Hurry, Turns

COST = {"slow": 10.0, "quick": 1.0}


def served(turns: Turns[str], count: int) -> list[str]:
    order = []
    for _ in range(count):
        found = turns.take()
        assert found is not None
        whose, _work = found
        turns.spend(whose, COST.get(whose, 1.0))
        order.append(whose)
    return order


def test_who_installs_comes_before_who_publishes_and_both_before_what_nobody_waits_for() -> None:
    turns: Turns[str] = Turns()
    for hurry in (Hurry.NOBODY, Hurry.PUBLISH, Hurry.INSTALL):
        turns.put(hurry, hurry.name, "x")

    assert served(turns, 3) == ["INSTALL", "PUBLISH", "NOBODY"]


def test_who_has_much_to_scan_starves_nobody() -> None:
    turns: Turns[str] = Turns()
    for _ in range(500):
        turns.put(Hurry.PUBLISH, "many", "x")
    served(turns, 20)
    turns.put(Hurry.PUBLISH, "late", "x")

    assert "late" in served(turns, 2)


def test_what_takes_long_goes_behind_what_does_not() -> None:
    turns: Turns[str] = Turns()
    for _ in range(40):
        turns.put(Hurry.PUBLISH, "slow", "x")
        turns.put(Hurry.PUBLISH, "quick", "x")

    order = served(turns, 33)

    assert order.count("slow") <= 4
    assert order.count("quick") >= 29


def test_who_had_nothing_to_do_saved_up_nothing_by_that() -> None:
    turns: Turns[str] = Turns()
    turns.put(Hurry.PUBLISH, "rare", "x")
    served(turns, 1)
    for _ in range(100):
        turns.put(Hurry.PUBLISH, "busy", "x")
    served(turns, 50)
    for _ in range(50):
        turns.put(Hurry.PUBLISH, "rare", "x")

    order = served(turns, 20)

    assert 8 <= order.count("rare") <= 12


@given(st.lists(st.tuples(st.sampled_from(Hurry), st.sampled_from("abc")), max_size=60))
def test_everything_has_its_turn_once(asked: list[tuple[Hurry, str]]) -> None:
    turns: Turns[int] = Turns()
    for number, (hurry, whose) in enumerate(asked):
        turns.put(hurry, whose, number)

    taken = [turns.take() for _ in asked]
    turns.end()

    assert sorted(one[1] for one in taken if one is not None) == list(range(len(asked)))
    assert turns.take() is None
