"""Whoever guesses passwords has to wait; whoever does not, does not."""

from __future__ import annotations

import pytest

from pratique.core.clock import MINUTE, Instant
from pratique.core.errors import Unavailable
from pratique.trust.throttle import MAX_KEYS, Throttle

NOW = Instant(1_800_000_000_000)


def test_after_too_many_failures_a_key_waits_and_is_told_how_long() -> None:
    throttle = Throttle(3)
    for _ in range(3):
        throttle.check("alice", NOW)
        throttle.failed("alice", NOW)

    with pytest.raises(Unavailable, match="wait 10 minutes") as raised:
        throttle.check("alice", NOW)

    assert raised.value.retry_after == 600
    with pytest.raises(Unavailable, match="wait 6 minutes"):
        throttle.check("alice", Instant(NOW + 4 * MINUTE))
    with pytest.raises(Unavailable):
        throttle.check("alice", Instant(NOW + 10 * MINUTE - 1))
    throttle.check("bob", NOW)
    throttle.check("alice", Instant(NOW + 10 * MINUTE))


def test_a_success_forgives() -> None:
    throttle = Throttle(1)
    throttle.failed("alice", NOW)
    throttle.succeeded("alice")
    throttle.check("alice", NOW)


def test_old_failures_do_not_add_up() -> None:
    throttle = Throttle(2)
    throttle.failed("alice", NOW)
    throttle.failed("alice", Instant(NOW + 11 * MINUTE))
    throttle.check("alice", Instant(NOW + 11 * MINUTE))


def test_many_keys_do_not_fill_the_memory() -> None:
    throttle = Throttle(1)
    for number in range(MAX_KEYS + 50):
        throttle.failed(str(number), NOW)
    throttle.check("0", NOW)
    with pytest.raises(Unavailable):
        throttle.check(str(MAX_KEYS + 49), NOW)


def test_a_window_that_is_over_starts_anew_with_the_next_failure() -> None:
    throttle = Throttle(2)
    throttle.failed("alice", NOW)
    throttle.failed("alice", Instant(NOW + 10 * MINUTE))
    throttle.check("alice", Instant(NOW + 10 * MINUTE))
    throttle.failed("alice", Instant(NOW + 10 * MINUTE))
    with pytest.raises(Unavailable):
        throttle.check("alice", Instant(NOW + 10 * MINUTE))
