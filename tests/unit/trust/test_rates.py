"""How often somebody may do something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.trust.rates import Buckets


def test_a_minutes_worth_may_come_at_once_and_the_next_one_hears_how_long_to_wait():
    buckets = Buckets(6)
    assert [buckets.take("ann", 100.0) for _ in range(6)] == [0.0] * 6
    assert buckets.take("ann", 100.0) == pytest.approx(10.0)
    assert buckets.take("ann", 105.0) == pytest.approx(5.0)
    assert buckets.take("ann", 110.0) == 0.0
    assert buckets.take("ann", 110.0) == pytest.approx(10.0)


def test_one_asker_takes_nothing_from_another():
    buckets = Buckets(1)
    assert buckets.take("ann", 0.0) == 0.0
    assert buckets.take("bob", 0.0) == 0.0
    assert buckets.take("ann", 0.0) > 0.0


def test_a_look_counts_nothing():
    buckets = Buckets(1)
    assert [buckets.wait("ann", 0.0) for _ in range(3)] == [0.0] * 3
    assert buckets.take("ann", 0.0) == 0.0
    assert buckets.wait("ann", 0.0) == pytest.approx(60.0)
    assert buckets.wait("ann", 60.0) == 0.0


def test_however_many_ask_only_so_many_are_remembered_and_who_goes_on_asking_is_not_forgotten():
    buckets = Buckets(2, keys=100)
    buckets.take("ann", 0.0)
    buckets.take("ann", 0.0)
    for number in range(10_000):
        buckets.take(number, 0.0)
        if number % 50 == 0:
            assert buckets.take("ann", 0.0) > 0.0
    assert len(buckets) <= 201


@given(st.integers(1, 50), st.lists(st.floats(0, 30), max_size=60))
def test_in_no_minute_more_than_twice_as_many_are_allowed(a_minute, pauses):
    buckets, now, allowed = Buckets(a_minute), 0.0, []
    for pause in pauses:
        now += pause
        if buckets.take("ann", now) == 0.0:
            allowed.append(now)
    assert all(sum(1 for other in allowed if one <= other < one + 60) <= 2 * a_minute for one in allowed)
