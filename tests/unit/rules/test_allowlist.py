import pytest

from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, HOUR
from pratique.core.facts import ALLOWLIST_IN_FORCE, LIST_ENTRIES, Stage
from tests.unit.rules.cases import NOW, EntryKind, entry, judged, said

REFUSED = ("allowlist", "deny", "is not on the allowlist for npm")


def listed(*entries, in_force=True, **more):
    return judged({ALLOWLIST_IN_FORCE: in_force, LIST_ENTRIES: entries}, **more)


def allowed(**more):
    return entry(EntryKind.ALLOW, **more)


@pytest.mark.parametrize("origin", list(Origin))
def test_what_no_entry_names_is_refused_before_anything_is_asked(origin):
    assert said(listed(stage=Stage.NAME, origin=origin)) == REFUSED


def test_without_an_allowlist_everything_goes_on():
    assert said(listed(in_force=False)) is None


def test_what_an_entry_covers_goes_on():
    assert said(listed(allowed())) is None
    assert said(listed(allowed(), stage=Stage.NAME)) is None


def test_an_entry_for_some_versions_lets_the_name_through_and_refuses_the_others():
    some = allowed(versions="1.0.1")

    assert said(listed(some, stage=Stage.NAME)) is None
    assert said(listed(some, version="1.0.1")) is None
    assert said(listed(some, version="1.0.2")) == REFUSED


@pytest.mark.parametrize("kind", [EntryKind.DENY, EntryKind.GRANT])
def test_only_allow_entries_allow(kind):
    decision = listed(entry(kind, versions="9.9"))

    assert said(decision) == REFUSED


def test_an_entry_that_ends_allows_until_then():
    decision = listed(allowed(id=1, expires=NOW + HOUR), allowed(id=2, expires=NOW + DAY))

    assert said(decision) == ("allowlist", "allow", "is on the allowlist")
    assert decision.valid_until == NOW + DAY


def test_an_endless_entry_outlasts_one_that_ends():
    assert listed(allowed(id=1, expires=NOW + HOUR), allowed(id=2)).valid_until is None


def test_a_list_whose_entries_ran_out_refuses_everything():
    assert said(listed(allowed(expires=NOW))) == REFUSED
