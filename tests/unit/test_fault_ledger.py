"""Who watches the watchman: what `bench faults` calls lost or wrongly served, and what it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bench.faulting.ledger import Change, Ledger, Release


def release(*changes: Change, held: bool = False) -> Release:
    return Release("npm", "left", "1.0.0", "/f", "/l", "ab", own=True, held=held, changes=list(changes))


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ([], False),
        ([Change("revoked", 1.0, 2.0)], True),
        ([Change("revoked", 9.0, 9.5)], False),
        ([Change("revoked", 1.0, None)], False),
        ([Change("revoked", 1.0, 2.0), Change("unrevoked", 10.2, None)], False),
        ([Change("revoked", 1.0, 2.0), Change("unrevoked", 10.6, 11.0)], True),
        ([Change("revoked", 1.0, 2.0), Change("unrevoked", 3.0, 4.0)], False),
        ([Change("revoked", 1.0, 2.0), Change("unrevoked", 3.0, 4.0), Change("revoked", 5.0, 6.0)], True),
    ],
)
def test_bytes_are_refused_from_a_second_after_the_acknowledgement_until_somebody_may_have_given_them_back(
    changes: list[Change], refused: bool
) -> None:
    assert release(*changes).must_be_refused(asked=10.0, answered=10.5, within=1.0) == refused


def test_what_is_held_is_refused_until_an_approval_was_sent() -> None:
    assert release(held=True).must_be_refused(10.0, 10.5, 1.0)
    assert release(Change("waived", 10.6), held=True).must_be_refused(10.0, 10.5, 1.0)
    assert not release(Change("waived", 10.4), held=True).must_be_refused(10.0, 10.5, 1.0)


def test_what_was_acknowledged_has_to_be_there_and_what_was_only_tried_has_not() -> None:
    assert release(Change("published", 1.0, 2.0)).must_be_there(asked=3.1, within=1.0)
    assert not release(Change("published", 1.0, 2.0)).must_be_there(asked=2.9, within=1.0)
    assert not release(Change("published", 1.0)).must_be_there(asked=100.0, within=1.0)


def test_a_last_word_that_was_not_acknowledged_leaves_open_what_is_in_force() -> None:
    assert release().stands("revoked", "unrevoked") is False
    assert release(Change("revoked", 1.0, 2.0)).stands("revoked", "unrevoked") is True
    assert release(Change("revoked", 1.0, 2.0), Change("unrevoked", 3.0)).stands("revoked", "unrevoked") is None


def test_a_violation_is_told_with_the_seed_and_what_happened_before() -> None:
    told: list[str] = []
    say: Callable[[str], None] = told.append
    ledger = Ledger(4711, say)
    ledger.note("FAULT kill -9 web: node 1")

    ledger.is_lost("pkg:npm/left@1.0.0")

    assert ledger.violations == 1
    assert "--seed 4711" in told[0]
    assert any("kill -9 web" in line for line in told)
