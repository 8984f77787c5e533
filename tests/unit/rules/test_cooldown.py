import pytest

from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, HOUR
from pratique.core.facts import (
    JOINED_LATE,
    NEW_EXECUTION_POINTS,
    POPULARITY,
    PUBLISHED,
    RECENT_FIX,
    SERVED_BEFORE,
    WEAKER_EVIDENCE,
    Absent,
    RecentFix,
)
from tests.unit.rules.cases import NOW, ago, judged, said


def test_a_release_three_hours_old_is_held_until_it_is_48_hours_old():
    decision = judged({PUBLISHED: ago(3 * HOUR)})

    assert said(decision) == ("cooldown", "hold", "is 3 hours old; 48 hours are needed")
    assert decision.vote.until == NOW + 45 * HOUR
    assert decision.valid_until == NOW + 45 * HOUR


def test_it_is_still_held_one_millisecond_before_and_served_at_48_hours():
    assert said(judged({PUBLISHED: ago(48 * HOUR - 1)})) is not None
    assert said(judged({PUBLISHED: ago(48 * HOUR)})) is None


def test_own_releases_do_not_wait():
    assert said(judged({PUBLISHED: ago(HOUR)}, origin=Origin.OWN)) is None


def test_a_project_of_unknown_origin_waits():
    assert said(judged({PUBLISHED: ago(HOUR)}, origin=Origin.UNKNOWN))[0] == "cooldown"


def test_popular_and_well_known_projects_wait_like_all_others():
    assert said(judged({PUBLISHED: ago(HOUR), POPULARITY: 1, SERVED_BEFORE: True}))[0] == "cooldown"


def test_a_date_in_the_future_is_held_from_then_on():
    decision = judged({PUBLISHED: ago(-DAY)})

    assert said(decision) == ("cooldown", "hold", "is dated in the future; 48 hours are needed from then on")
    assert decision.vote.until == NOW + DAY + 48 * HOUR


def test_a_release_of_this_very_instant_is_not_from_the_future():
    assert said(judged({PUBLISHED: NOW}))[2] == "is 0 seconds old; 48 hours are needed"


def test_without_any_publish_time_it_is_denied_and_the_missing_fact_is_named():
    decision = judged({PUBLISHED: Absent("nobody says when it was published")})

    assert said(decision) == (
        "cooldown",
        "deny",
        "cannot be judged: published is missing (nobody says when it was published)",
    )


@pytest.mark.parametrize(("hours", "words"), [(1, "1 hour is needed"), (72, "72 hours are needed")])
def test_the_minimum_age_is_an_option(hours, words):
    decision = judged({PUBLISHED: ago(HOUR // 2)}, options={"cooldown": {"minimum_age_hours": hours}})

    assert said(decision)[2] == f"is 30 minutes old; {words}"
    assert decision.vote.until == NOW + hours * HOUR - HOUR // 2


def test_a_minimum_age_of_nothing_lets_everything_pass():
    assert said(judged({PUBLISHED: NOW}, options={"cooldown": {"minimum_age_hours": 0}})) is None


@pytest.mark.parametrize(("glob", "held"), [("left", False), ("le*", False), ("npm:left", False), ("pypi:*", True)])
def test_exempt_globs_name_projects_with_or_without_their_ecosystem(glob, held):
    decision = judged({PUBLISHED: ago(HOUR)}, options={"cooldown": {"exempt": ["@acme/*", glob]}})

    assert (said(decision) is not None) is held


def fix(age=DAY):
    return RecentFix("GHSA-1", ago(age))


def test_the_fix_of_a_recent_advisory_passes_early_and_says_why():
    decision = judged({PUBLISHED: ago(HOUR), RECENT_FIX: fix()})

    assert said(decision) == ("cooldown", "allow", "fixes GHSA-1 and so passes the cooldown early")
    assert decision.vote.until == NOW + 47 * HOUR
    assert not decision.action.refuses_download


@pytest.mark.parametrize(
    "suspicious",
    [{NEW_EXECUTION_POINTS: ("postinstall",)}, {WEAKER_EVIDENCE: True}, {JOINED_LATE: True}],
    ids=["new code", "weaker evidence", "joined late"],
)
def test_a_fix_that_brings_install_time_code_or_weaker_evidence_or_came_later_waits(suspicious):
    assert said(judged({PUBLISHED: ago(HOUR), RECENT_FIX: fix(), **suspicious}))[1] == "hold"


def test_a_fix_passes_early_only_while_its_advisory_is_under_14_days_old():
    assert said(judged({PUBLISHED: ago(HOUR), RECENT_FIX: fix(14 * DAY - 1)}))[1] == "allow"
    assert said(judged({PUBLISHED: ago(HOUR), RECENT_FIX: fix(14 * DAY)}))[1] == "hold"


def test_an_early_pass_ends_with_its_advisory_if_that_is_sooner():
    decision = judged({PUBLISHED: ago(HOUR), RECENT_FIX: fix(14 * DAY - HOUR)})

    assert decision.valid_until == NOW + HOUR


def test_how_long_an_advisory_counts_is_an_option():
    decision = judged({PUBLISHED: ago(HOUR), RECENT_FIX: fix(3 * DAY)}, options={"cooldown": {"fix_days": 3}})

    assert said(decision)[1] == "hold"


@pytest.mark.parametrize("needed", [RECENT_FIX, JOINED_LATE, NEW_EXECUTION_POINTS, WEAKER_EVIDENCE])
def test_a_fix_does_not_pass_early_on_facts_that_are_missing(needed):
    decision = judged({PUBLISHED: ago(HOUR), RECENT_FIX: fix(), needed: Absent("the index broke off")})

    assert said(decision) == ("cooldown", "deny", f"cannot be judged: {needed.name} is missing (the index broke off)")
