"""Imported ranks come first; what came along stays protected, whatever was imported."""

from __future__ import annotations

import pytest

from pratique.naming.check import At, Outcome, check
from pratique.naming.corpus import Known, shipped_names
from pratique.naming.ranked import with_shipped
from pratique.naming.snapshot import MOST_NEAR, build_small


def test_imported_names_come_first_and_each_name_comes_once() -> None:
    ranked = [one.name for one in with_shipped("cargo", [Known("zorp"), Known("tokio"), Known("zorp")])]

    assert ranked[:2] == ["zorp", "tokio"]
    assert len(ranked) == len(set(ranked)) == len(shipped_names("cargo")) + 1


@pytest.mark.parametrize("imported", [[Known("tokio", 3)], [Known("zorp", 1)], [Known("zorp")], []], ids=range(4))
@pytest.mark.parametrize("at", At)
def test_a_slip_of_a_popular_name_is_held_after_any_import(imported: list[Known], at: At) -> None:
    verdict = check(build_small("cargo", with_shipped("cargo", imported)), "tokoi", at)

    assert (verdict.verdict, verdict.targets[0]) == (Outcome.HOLD, "tokio")


def test_a_long_list_pushes_no_leading_name_out_of_reach() -> None:
    names = [one.name for one in with_shipped("cargo", [Known(f"zorp{number}") for number in range(100_000)])]

    assert set(shipped_names("cargo")) <= set(names[:MOST_NEAR])


def test_without_an_import_ranks_and_downloads_are_those_that_came_along() -> None:
    assert [one.name for one in with_shipped("cargo", [])] == shipped_names("cargo")
