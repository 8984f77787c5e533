import pytest

from pratique.core.artifacts import Origin
from pratique.core.clock import DAY
from pratique.core.decisions import Mode, Moment
from pratique.core.facts import FIRST_PUBLISHED, FIRST_SEEN, NAME_REVIEW, RESEMBLES, Absent, Stage
from pratique.core.likeness import Likeness, NameReview, ReviewState
from pratique.rules import similar_name
from pratique.rules.registry import rule_named
from tests.unit.rules.cases import NOW, ago, judged, said, waiver

SQUAT = {
    RESEMBLES: Likeness("hold", "misspelling", 900, ("left-pad", "left-pads"), "why"),
    FIRST_PUBLISHED: ago(20 * DAY),
    FIRST_SEEN: ago(2 * DAY),
}
WAITING = {NAME_REVIEW: NameReview(ReviewState.WAITING, '"left" could be taken for "lfet"')}


def refused(reason):
    return {NAME_REVIEW: NameReview(ReviewState.REFUSED, "told", reason)}


def test_a_new_name_like_a_popular_one_is_held_and_the_popular_one_is_named():
    decision = judged(SQUAT)

    assert said(decision) == ("similar_name", "hold", "is new: did you mean left-pad? Its name is 20 days old")
    assert decision.vote.until == NOW + 12 * DAY


def test_it_is_held_for_fourteen_days_from_when_this_server_first_saw_it_and_warned_about_from_then_on():
    last = judged({**SQUAT, FIRST_SEEN: ago(14 * DAY - 1)})
    later = judged({**SQUAT, FIRST_SEEN: ago(14 * DAY)})

    assert (said(last)[1], last.vote.until) == ("hold", NOW + 1)
    assert said(later) == ("similar_name", "warn", "is new: did you mean left-pad? Its name is 20 days old")
    assert later.vote.until == NOW + 160 * DAY


def test_no_hold_outlasts_the_time_for_which_a_name_is_new():
    assert judged({**SQUAT, FIRST_PUBLISHED: ago(175 * DAY)}).vote.until == NOW + 5 * DAY


def test_a_name_of_half_a_year_is_no_new_one():
    assert said(judged({**SQUAT, FIRST_PUBLISHED: ago(180 * DAY - 1)}))[1] == "hold"
    assert said(judged({**SQUAT, FIRST_PUBLISHED: ago(180 * DAY)})) is None


def test_how_long_it_is_new_and_held_are_options():
    options = {"similar_name": {"known_for_days": 21, "held_for_days": 1}}

    decision = judged(SQUAT, options=options)

    assert (said(decision)[1], decision.vote.until) == ("warn", NOW + DAY)
    assert said(judged(SQUAT, options={"similar_name": {"known_for_days": 20}})) is None
    assert judged(SQUAT, options={"similar_name": {"held_for_days": 3}}).vote.until == NOW + DAY


def test_what_resembles_nothing_popular_is_not_its_business():
    assert said(judged({**SQUAT, RESEMBLES: None})) is None


def test_a_waiver_lifts_the_hold():
    assert said(judged(SQUAT, waivers=(waiver("similar_name"),))) is None


@pytest.mark.parametrize("moment", list(Moment))
def test_an_own_project_whose_name_waits_for_a_person_is_held_without_end(moment):
    decision = judged(WAITING, origin=Origin.OWN, moment=moment)

    assert said(decision) == (
        "similar_name",
        "hold",
        'waits for a person to look at its name: "left" could be taken for "lfet"',
    )
    assert decision.vote.until is None


def test_a_project_that_is_being_founded_is_held_too():
    assert said(judged(WAITING, origin=Origin.UNKNOWN, moment=Moment.PUBLISH, stage=Stage.NAME))[1] == "hold"


@pytest.mark.parametrize(("reason", "ending"), [("a trap", ": a trap"), ("", "")])
def test_a_refused_name_is_denied_with_the_reason(reason, ending):
    decision = judged(refused(reason), origin=Origin.OWN, stage=Stage.NAME)

    assert said(decision) == ("similar_name", "deny", f"has a name that a person refused{ending}")


def test_own_projects_of_approved_names_are_free_whatever_they_resemble():
    assert said(judged(SQUAT, origin=Origin.OWN)) is None
    assert said(judged({RESEMBLES: Absent("gone")}, origin=Origin.OWN)) is None


def test_names_of_upstreams_are_judged_at_the_listing():
    decision = judged(SQUAT, stage=Stage.NAME)

    assert said(decision) is None
    assert "similar_name" in decision.waiting


@pytest.mark.parametrize("needed", [NAME_REVIEW, RESEMBLES, FIRST_PUBLISHED, FIRST_SEEN])
def test_what_cannot_be_judged_is_denied(needed):
    decision = judged({**SQUAT, needed: Absent("gone")})

    assert f"{needed.name} is missing (gone)" in said(decision)[2]
    assert said(decision)[1] == "deny"


def test_it_begins_as_a_trial():
    assert rule_named(similar_name.NAME).starts is Mode.DRY_RUN


@pytest.mark.parametrize("field", ["known_for_days", "held_for_days"])
def test_half_a_year_is_the_most(field):
    from pratique.core.errors import Invalid
    from pratique.rules.settings import read_options

    rule = rule_named(similar_name.NAME)
    for days in (0, 180):
        assert getattr(read_options(rule, {field: days}), field) == days
    for days in (-1, 181):
        with pytest.raises(Invalid):
            read_options(rule, {field: days})
