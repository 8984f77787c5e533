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
        throttle.attempt("alice", NOW)

    with pytest.raises(Unavailable, match="wait 10 minutes") as raised:
        throttle.attempt("alice", NOW)

    assert raised.value.retry_after == 600
    with pytest.raises(Unavailable, match="wait 6 minutes"):
        throttle.attempt("alice", Instant(NOW + 4 * MINUTE))
    with pytest.raises(Unavailable) as raised:
        throttle.attempt("alice", Instant(NOW + 10 * MINUTE - 1))
    assert raised.value.retry_after == 1
    throttle.attempt("bob", NOW)
    throttle.attempt("alice", Instant(NOW + 10 * MINUTE))


def test_whoever_has_shown_who_they_are_starts_anew() -> None:
    throttle = Throttle(2)
    throttle.attempt("alice", NOW)
    throttle.attempt("alice", NOW)
    throttle.forget("alice")
    throttle.forget("alice")
    throttle.attempt("alice", NOW)
    throttle.attempt("alice", NOW)
    with pytest.raises(Unavailable):
        throttle.attempt("alice", NOW)


def test_what_is_given_back_was_never_an_attempt_and_the_others_stay() -> None:
    throttle = Throttle(2)
    throttle.give_back("here")
    throttle.attempt("here", NOW)
    for _ in range(10):
        throttle.attempt("here", NOW)
        throttle.give_back("here")
    throttle.attempt("here", NOW)
    with pytest.raises(Unavailable):
        throttle.attempt("here", NOW)


def test_a_refused_attempt_makes_nobody_wait_longer() -> None:
    throttle = Throttle(1)
    throttle.attempt("alice", NOW)
    for minute in range(10):
        with pytest.raises(Unavailable):
            throttle.attempt("alice", Instant(NOW + minute * MINUTE))
    throttle.attempt("alice", Instant(NOW + 10 * MINUTE))


def test_old_failures_do_not_add_up() -> None:
    throttle = Throttle(2)
    throttle.attempt("alice", NOW)
    throttle.attempt("alice", Instant(NOW + 11 * MINUTE))
    throttle.attempt("alice", Instant(NOW + 11 * MINUTE))
    with pytest.raises(Unavailable):
        throttle.attempt("alice", Instant(NOW + 11 * MINUTE))


def test_many_keys_do_not_fill_the_memory() -> None:
    throttle = Throttle(1)
    for number in range(MAX_KEYS + 50):
        throttle.attempt(str(number), NOW)
    with pytest.raises(Unavailable):
        throttle.attempt(str(MAX_KEYS + 49), NOW)
    throttle.attempt("0", NOW)
