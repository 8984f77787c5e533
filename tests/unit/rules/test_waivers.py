import pytest

from pratique.core.actors import ActorKind
from pratique.core.decisions import Action, Vote
from pratique.core.facts import Stage
from pratique.rules.waivers import Effect, weigh
from tests.unit.rules.cases import AGENT, GOOD, NOW, USER, ago, facts, waiver

HELD = Vote("cooldown", Action.HOLD, "is young", until=NOW + 100)


def weighed(*waivers, vote=HELD, **about):
    return weigh(vote, waivers, facts(**about))


def test_without_a_waiver_the_vote_counts_until_its_end():
    assert (weighed().effect, weighed().until) == (Effect.COUNTS, NOW + 100)


def test_an_endless_vote_without_a_waiver_counts_for_ever():
    assert weighed(vote=Vote("revoked", Action.DENY, "was revoked")).until is None


def test_a_waiver_removes_the_vote_until_it_ends():
    removed = weighed(waiver("cooldown", id=3, expires=NOW + 5))

    assert (removed.effect, removed.by, removed.until) == (Effect.REMOVED, "waiver 3", NOW + 5)


@pytest.mark.parametrize(
    "other",
    [
        waiver("denylist"),
        waiver("cooldown", name="right"),
        waiver("cooldown", "1.0.0"),
        waiver("cooldown", actor_kinds=frozenset({"agent"})),
        waiver("cooldown", expires=NOW),
        waiver("cooldown", starts=NOW + 1),
    ],
    ids=["rule", "project", "version", "actor", "ended", "not begun"],
)
def test_a_waiver_of_something_else_removes_nothing(other):
    assert weighed(other).effect is Effect.COUNTS


def test_a_waiver_runs_from_its_start_to_its_end():
    assert weighed(waiver("cooldown", starts=NOW)).effect is Effect.REMOVED
    assert weighed(waiver("cooldown", expires=NOW + 1)).effect is Effect.REMOVED


def test_a_waiver_may_be_for_some_kinds_of_actor():
    some = waiver("cooldown", actor_kinds=frozenset({ActorKind.AGENT.value, "ci"}))

    assert weighed(some, actor=AGENT).effect is Effect.REMOVED
    assert weighed(some, actor=USER).effect is Effect.COUNTS


def test_of_several_waivers_the_one_that_lasts_longest_is_named():
    short, long, endless = (waiver("cooldown", id=n, expires=end) for n, end in ((1, NOW + 5), (2, NOW + 9), (3, None)))

    assert weighed(short, long).by == weighed(long, short).by == "waiver 2"
    assert weighed(short, endless, long).by == "waiver 3"
    assert weighed(short, endless, long).until is None


def test_a_waiver_that_will_begin_tells_when_the_vote_may_fall():
    assert weighed(waiver("cooldown", starts=NOW + 7)).until == NOW + 7
    assert weighed(waiver("cooldown", starts=NOW + 700)).until == NOW + 100
    assert weighed(waiver("cooldown", "2.0", starts=NOW + 7)).until == NOW + 100
    assert weighed(waiver("cooldown", starts=NOW, expires=NOW)).until == NOW + 100


def test_a_project_of_which_some_versions_are_waived_waits_for_the_listing():
    some = waiver("cooldown", "1.0.1", expires=NOW + 9)

    waiting = weighed(some, stage=Stage.NAME)

    assert (waiting.effect, waiting.until) == (Effect.WAITS, NOW + 9)
    assert weighed(some, waiver("cooldown", "3.0"), stage=Stage.NAME).until is None
    assert weighed(waiver("cooldown", "2.0"), version="1.0.1").effect is Effect.COUNTS


def test_a_project_whose_waiver_for_some_versions_ended_or_has_not_begun_does_not_wait():
    assert weighed(waiver("cooldown", "1.0.1", expires=ago(1)), stage=Stage.NAME).effect is Effect.COUNTS
    coming = weighed(waiver("cooldown", "1.0.1", starts=NOW + 4), stage=Stage.NAME)
    assert (coming.effect, coming.until) == (Effect.COUNTS, NOW + 4)


def test_a_waiver_for_every_version_removes_the_vote_on_the_project():
    assert weighed(waiver("cooldown"), stage=Stage.NAME).effect is Effect.REMOVED


def test_a_vote_that_allows_is_left_alone():
    passing = Vote("cooldown", Action.ALLOW, "fixes GHSA-1", until=NOW + 8)

    assert weighed(waiver("cooldown"), vote=passing).effect is Effect.COUNTS
    assert weighed(waiver("cooldown"), vote=passing).until == NOW + 8
    warning = Vote("cooldown", Action.WARN, "is odd")
    assert weighed(waiver("cooldown"), vote=warning).effect is Effect.REMOVED


def test_a_waiver_of_some_files_removes_no_vote_on_any_other():
    some = waiver("cooldown", "1.0.1", files={"left-1.0.1.tgz": GOOD})
    other = waiver("cooldown", "1.0.1", files={"left-1.0.1-later.tgz": GOOD})

    assert weighed(some).effect is Effect.REMOVED
    assert weighed(other).effect is Effect.COUNTS
    assert weighed(waiver("cooldown", starts=NOW + 7, files=other.files)).until == HELD.until


def test_a_project_of_which_some_files_are_waived_waits_for_the_listing():
    some = waiver("cooldown", files={"left-1.0.1.tgz": GOOD})

    assert weighed(some, stage=Stage.NAME).effect is Effect.WAITS
