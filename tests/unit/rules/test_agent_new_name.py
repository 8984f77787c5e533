import pytest

from pratique.core.actors import OPERATOR, Actor, ActorKind
from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, HOUR
from pratique.core.facts import (
    ASKED_BEFORE_EXISTED,
    FIRST_PUBLISHED,
    INVENTED,
    LIST_ENTRIES,
    NOWHERE,
    POPULARITY,
    SERVED_BEFORE,
    Absent,
    Nowhere,
    Stage,
)
from tests.unit.rules.cases import AGENT, NOW, EntryKind, ago, entry, judged, said

CI = Actor(ActorKind.CI, name="build")
NOBODY = Actor(ActorKind.NOBODY)
SERVICE = Actor(ActorKind.SERVICE, name="bot")
ASKED = {ASKED_BEFORE_EXISTED: ago(30 * DAY)}
NEW = {FIRST_PUBLISHED: ago(10 * DAY)}
LIKE_AGENTS = {"agent_new_name": {"treat_as_agent": ["nobody", "ci"]}}


def test_a_name_that_was_asked_for_before_it_existed_is_held_for_agents_without_asking_upstream():
    decision = judged(ASKED, actor=AGENT, stage=Stage.NAME)

    assert said(decision) == (
        "agent_new_name",
        "hold",
        "was asked for here before it existed; a person must approve it",
    )
    assert decision.vote.until is None


def test_people_get_a_warning():
    decision = judged(ASKED)

    assert said(decision) == ("agent_new_name", "warn", "was asked for here before it existed")
    assert not decision.action.leaves_listing


@pytest.mark.parametrize("known", [{POPULARITY: 5}, {SERVED_BEFORE: True}, {LIST_ENTRIES: (entry(EntryKind.GRANT),)}])
def test_nothing_known_about_such_a_name_excuses_it(known):
    assert said(judged({**ASKED, **known}, actor=AGENT))[1] == "hold"


def test_a_new_name_is_held_for_agents_until_it_is_90_days_old():
    decision = judged(NEW, actor=AGENT)

    assert said(decision) == (
        "agent_new_name",
        "hold",
        "is a new name (10 days old); agents need 90 days or approval",
    )
    assert decision.valid_until == NOW + 80 * DAY


def test_a_new_name_is_judged_only_at_the_listing():
    decision = judged(NEW, actor=AGENT, stage=Stage.NAME)

    assert said(decision) is None
    assert "agent_new_name" in decision.waiting


def test_it_is_served_from_the_90th_day_on():
    assert said(judged({FIRST_PUBLISHED: ago(90 * DAY - 1)}, actor=AGENT)) is not None
    assert said(judged({FIRST_PUBLISHED: ago(90 * DAY)}, actor=AGENT)) is None


def test_a_name_that_a_feed_calls_invented_is_held_for_agents_and_others_are_warned():
    invented = {INVENTED: ("list.test/names #1", "other")}

    held = judged({**invented, SERVED_BEFORE: True}, actor=AGENT, stage=Stage.NAME)
    warned = judged(invented)

    why = "is a name that models invent (list.test/names #1)"
    assert said(held) == ("agent_new_name", "hold", f"{why}; a person must approve it")
    assert said(warned) == ("agent_new_name", "warn", why)
    assert said(judged({**invented, POPULARITY: 5}, actor=AGENT)) is None
    assert said(judged({**invented, **ASKED}))[2] == "was asked for here before it existed"


def test_a_name_that_nobody_has_is_held_for_agents_with_what_they_may_have_meant():
    assert said(judged({NOWHERE: Nowhere()}, actor=AGENT)) == ("agent_new_name", "hold", "does not exist")
    hinted = judged({NOWHERE: Nowhere("did you mean right?")}, actor=AGENT)
    assert said(hinted)[2] == "does not exist (did you mean right?)"
    assert hinted.vote.until is None


@pytest.mark.parametrize("known", [{POPULARITY: 5}, {SERVED_BEFORE: True}, {LIST_ENTRIES: (entry(EntryKind.GRANT),)}])
def test_a_name_that_nobody_has_is_a_404_for_whom_it_would_not_be_held(known):
    assert said(judged({NOWHERE: Nowhere(), **known}, actor=AGENT)) is None
    assert said(judged({NOWHERE: Nowhere()}, actor=CI)) is None


def test_a_name_from_the_future_is_new():
    decision = judged({FIRST_PUBLISHED: ago(-HOUR)}, actor=AGENT)

    assert said(decision)[2] == "is a new name (0 seconds old); agents need 90 days or approval"


@pytest.mark.parametrize("known", [{POPULARITY: 5}, {SERVED_BEFORE: True}])
def test_popular_names_and_those_served_before_go_on(known):
    assert said(judged({**NEW, **known}, actor=AGENT)) is None


def test_a_granted_name_goes_on():
    assert said(judged({**NEW, LIST_ENTRIES: (entry(EntryKind.GRANT),)}, actor=AGENT)) is None


def test_a_grant_that_ends_lasts_until_then():
    grants = (entry(EntryKind.GRANT, id=1, expires=NOW + HOUR), entry(EntryKind.GRANT, id=2, expires=NOW + DAY))

    decision = judged({**NEW, LIST_ENTRIES: grants}, actor=AGENT)

    assert said(decision) == ("agent_new_name", "allow", "is granted to agents")
    assert decision.valid_until == NOW + DAY


@pytest.mark.parametrize(
    "other",
    [entry(EntryKind.GRANT, expires=NOW), entry(EntryKind.GRANT, versions="2.0"), entry(EntryKind.ALLOW)],
    ids=["expired", "another version", "no grant"],
)
def test_only_a_grant_in_force_for_this_version_counts(other):
    assert said(judged({**NEW, LIST_ENTRIES: (other,)}, actor=AGENT))[1] == "hold"


@pytest.mark.parametrize("actor", [CI, NOBODY, SERVICE, OPERATOR])
def test_others_install_new_names(actor):
    assert said(judged(NEW, actor=actor)) is None


@pytest.mark.parametrize("actor", [CI, NOBODY])
def test_builds_and_nobody_can_be_treated_as_agents(actor):
    assert said(judged(NEW, actor=actor, options=LIKE_AGENTS))[1] == "hold"
    assert said(judged(ASKED, actor=actor, options=LIKE_AGENTS))[1] == "hold"


def test_services_are_not_treated_as_agents_along_with_them():
    assert said(judged(NEW, actor=SERVICE, options=LIKE_AGENTS)) is None


def test_how_long_a_name_is_new_is_an_option():
    decision = judged(NEW, actor=AGENT, options={"agent_new_name": {"known_for_days": 11}})

    assert said(decision)[2] == "is a new name (10 days old); agents need 11 days or approval"
    assert decision.vote.until == NOW + DAY


def test_own_projects_are_no_new_names():
    assert said(judged({**ASKED, **NEW}, actor=AGENT, origin=Origin.OWN)) is None


def test_a_project_of_unknown_origin_is_judged():
    assert said(judged(ASKED, actor=AGENT, origin=Origin.UNKNOWN)) is not None


@pytest.mark.parametrize(
    "needed", [ASKED_BEFORE_EXISTED, INVENTED, POPULARITY, SERVED_BEFORE, LIST_ENTRIES, NOWHERE, FIRST_PUBLISHED]
)
def test_agents_are_denied_what_cannot_be_judged(needed):
    decision = judged({**NEW, needed: Absent("gone")}, actor=AGENT)

    assert f"{needed.name} is missing (gone)" in said(decision)[2]
    assert said(decision)[1] == "deny"
