import pytest

from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, HOUR
from pratique.core.decisions import Action
from pratique.core.facts import LIST_ENTRIES, Stage
from tests.unit.rules.cases import NOW, EntryKind, ago, entry, judged, said, waiver


def listed(*entries, **more):
    return judged({LIST_ENTRIES: entries}, **more)


@pytest.mark.parametrize("action", [Action.HIDE, Action.HOLD, Action.DENY])
def test_an_entry_hides_holds_or_denies_with_its_reason(action):
    decision = listed(entry(action=action, reason="licence"))

    assert said(decision) == ("denylist", action.word, "is on the denylist: licence")


def test_an_entry_without_a_reason_reads_well():
    assert said(listed(entry()))[2] == "is on the denylist"


def test_an_entry_for_every_version_refuses_the_name_before_anything_is_asked():
    assert said(listed(entry(), stage=Stage.NAME))[1] == "deny"


def test_an_entry_for_some_versions_refuses_only_those():
    some = entry(versions=">=1.0.1,<2.0")

    assert said(listed(some, stage=Stage.NAME)) is None
    assert said(listed(some, version="1.0.1"))[1] == "deny"
    assert said(listed(some, version="2.0")) is None


@pytest.mark.parametrize("versions", ["1.0.1", "<=1.0.1", "1.0.0 || 1.0.1"])
def test_an_entry_refuses_what_cannot_stand_beside_the_version_it_names_and_a_waiver_passes_only_that(versions):
    denied = entry(versions=versions, reason="bad")

    assert said(listed(denied, version="1.0.1+x"))[1] == "deny"
    assert said(listed(denied, version="1.0.1+x", waivers=[waiver("denylist", "1.0.1")]))[1] == "deny"
    assert said(listed(denied, version="1.0.1", waivers=[waiver("denylist", "1.0.1")])) is None
    assert said(listed(denied, version="1.0.2+x")) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [("left", "is on the denylist: bad"), ("le*", "is on the denylist: bad"),
     ("LEFT", "is on the denylist as LEFT: bad"), ("LE*", "is on the denylist as LE*: bad")],
)  # fmt: skip
def test_an_entry_about_a_twin_says_which_name_is_denied(name, why):
    assert said(listed(entry(name=name, reason="bad")))[2] == why


def test_own_projects_can_be_denied():
    assert said(listed(entry(), origin=Origin.OWN))[1] == "deny"


def test_the_strictest_of_several_entries_speaks():
    decision = listed(
        entry(id=1, action=Action.HIDE, reason="old"),
        entry(id=2, action=Action.DENY, reason="bad", expires=NOW + HOUR),
        entry(id=3, action=Action.HOLD, reason="look"),
    )

    assert said(decision)[1:] == ("deny", "is on the denylist: bad")
    assert decision.valid_until == NOW + HOUR


@pytest.mark.parametrize("ends", [(NOW + DAY, None), (None, NOW + DAY)])
def test_of_two_equally_strict_the_endless_one_speaks(ends):
    decision = listed(entry(id=1, expires=ends[0]), entry(id=2, expires=ends[1]))

    assert decision.vote.until is None


@pytest.mark.parametrize("ends", [(NOW + DAY, NOW + HOUR), (NOW + HOUR, NOW + DAY)])
def test_of_two_equally_strict_that_end_the_later_one_speaks(ends):
    decision = listed(entry(id=1, expires=ends[0]), entry(id=2, expires=ends[1]))

    assert decision.vote.until == NOW + DAY


def test_an_entry_ends_at_its_expiry():
    assert said(listed(entry(expires=NOW + 1))) is not None
    assert said(listed(entry(expires=NOW))) is None
    assert said(listed(entry(expires=ago(1)))) is None


@pytest.mark.parametrize("kind", [EntryKind.ALLOW, EntryKind.GRANT])
def test_entries_of_other_kinds_deny_nothing(kind):
    assert said(listed(entry(kind))) is None
