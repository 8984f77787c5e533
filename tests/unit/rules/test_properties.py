"""The invariants of the design, over the whole registry and any facts."""

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as run
from hypothesis import strategies as st

from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.decisions import Action, Mode, Moment
from pratique.core.facts import ALL_FACTS, FactAbsent, NotYetFetched, Stage
from pratique.core.names import Subject
from pratique.rules.contract import INSTALL, NoOptions, Rule
from pratique.rules.decide import decide
from pratique.rules.policy import Policy, policy_class, read_policy
from pratique.rules.registry import RULES
from tests.unit.rules import generated
from tests.unit.rules.cases import LEFT, NOW, facts

many = run(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
STAGE_OF = {fact.name: fact.stage for fact in ALL_FACTS}


def up_to(known, stage):
    """What of the same facts is known at an earlier stage, about what is known of the subject then."""
    values = {name: value for name, value in known.values.items() if STAGE_OF[name] <= stage}
    subject = Subject(LEFT) if stage is Stage.NAME else known.subject
    return msgspec.structs.replace(known, subject=subject, values=values)


def at(known, now):
    return msgspec.structs.replace(known, now=now)


def outcome(decision):
    return decision.action, [(vote.rule, vote.action) for vote in decision.votes]


def counted(decision):
    return {vote.rule: vote for vote in decision.votes}


@many
@given(generated.policies, generated.situations())
def test_what_the_name_stage_refuses_listing_and_download_refuse_for_every_version(policy, known):
    """Of an install: a publish is judged once, with every fact in hand."""
    name = decide(policy, up_to(known, Stage.NAME), Stage.NAME)
    listing = decide(policy, up_to(known, Stage.LISTING), Stage.LISTING)
    download = decide(policy, known, Stage.FILE)

    assert name.action <= listing.action <= download.action


@many
@given(generated.policies, generated.situations(), st.sampled_from([Stage.NAME, Stage.LISTING]), st.data())
def test_facts_of_later_stages_only_add_votes(policy, known, stage, data):
    later = sorted(name for name in known.values if STAGE_OF[name] > stage)
    fewer = data.draw(st.sets(st.sampled_from(later)))
    less = msgspec.structs.replace(
        known, values={name: value for name, value in known.values.items() if name not in fewer}
    )

    before = decide(policy, less, stage)
    after = decide(policy, known, stage)

    assert counted(before).items() <= counted(after).items()
    assert set(after.waiting) <= set(before.waiting)


@many
@given(generated.policies, generated.situations(absent=False), st.sampled_from([Stage.NAME, Stage.LISTING]))
def test_what_is_not_yet_due_never_denies(policy, known, stage):
    decision = decide(policy, up_to(known, stage), stage)

    assert [vote for vote in decision.votes if "cannot be judged" in vote.why] == []


def ask_alone(rule, known):
    try:
        return rule.vote(known, rule.options())
    except (FactAbsent, NotYetFetched) as missing:
        return missing


@many
@given(generated.situations(), st.sampled_from(RULES), generated.stages, st.data())
def test_what_is_due_and_missing_never_allows(known, rule, stage, data):
    gone = data.draw(st.sampled_from(sorted(fact.name for fact in rule.needs)))
    less = msgspec.structs.replace(
        up_to(known, stage), values={name: value for name, value in known.values.items() if name != gone}
    )
    missing = ask_alone(rule, less)
    moment = data.draw(st.sampled_from(sorted(rule.moments)))
    assume(isinstance(missing, NotYetFetched))
    assume(missing.fact.stage <= stage or moment is Moment.PUBLISH)

    decision = decide(enforced(), less, stage, moment)

    assert decision.action is Action.DENY
    assert missing.fact.name in counted(decision)[rule.name].why


@many
@given(generated.situations(), st.sampled_from(RULES), generated.stages, st.data())
def test_an_absent_fact_that_a_rule_asks_for_denies_and_is_named(known, rule, stage, data):
    known = up_to(known, stage)
    missing = ask_alone(rule, known)
    assume(isinstance(missing, FactAbsent))

    moment = data.draw(st.sampled_from(sorted(rule.moments)))
    decision = decide(enforced(), known, stage, moment)

    assert decision.action is Action.DENY
    assert missing.fact.name in counted(decision)[rule.name].why


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("error", [Exception, KeyError, ValueError, RecursionError, MemoryError, StopIteration])
def test_a_rule_that_raises_denies(error, stage):
    def broken(facts, options):
        raise error

    rule = Rule("broken", 1, (), INSTALL, Mode.ENFORCE, NoOptions, broken, lambda actor, options: "")
    decision = decide(read_policy((), rules=(*RULES, rule)), facts(stage=stage), stage)

    assert decision.action is Action.DENY
    assert "broken" in counted(decision)


@many
@given(generated.policies, generated.situations(), generated.moments, st.sampled_from(RULES))
def test_dry_run_removes_the_votes_of_its_rule_and_nothing_else(policy, known, moment, rule):
    tried = Policy(
        tuple(msgspec.structs.replace(one, mode=Mode.DRY_RUN) if one.rule is rule else one for one in policy.rules),
        policy.waivers,
    )

    before, after = (decide(one, known, Stage.FILE, moment) for one in (policy, tried))

    assert counted(after) == {name: vote for name, vote in counted(before).items() if name != rule.name}


@many
@given(generated.policies, generated.situations(), generated.moments, generated.waivers, generated.stages)
def test_a_waiver_removes_the_vote_of_its_rule_and_nothing_else(policy, known, moment, waiver, stage):
    known = up_to(known, stage)
    before = decide(policy, known, stage, moment)
    waived = Policy(policy.rules, (*policy.waivers, waiver), policy.repository)
    after = decide(waived, known, stage, moment)

    assert counted(after).items() <= counted(before).items()
    assert set(counted(before)) - set(counted(after)) <= {waiver.rule}


@many
@given(generated.policies, generated.situations(absent=False), generated.moments, generated.stages, st.data())
def test_until_valid_until_nothing_changes(policy, known, moment, stage, data):
    known = up_to(known, stage)
    now = decide(policy, known, stage, moment)
    assume(not any("was not fetched" in vote.why for vote in now.votes))
    last = now.valid_until - 1 if now.valid_until is not None else NOW + 10**12
    later = data.draw(st.integers(NOW, last) | st.just(last))

    assert outcome(decide(policy, at(known, Instant(later)), stage, moment)) == outcome(now)


@many
@given(generated.policies, generated.situations(), generated.moments, st.integers(0, 10**11))
def test_the_id_does_not_move_with_time(policy, known, moment, passed):
    later = at(known, Instant(NOW + passed))

    assert decide(policy, known, Stage.FILE, moment).id == decide(policy, later, Stage.FILE, moment).id


@many
@given(generated.policies, generated.situations(), generated.actors, st.sampled_from(Origin), generated.moments)
def test_whoever_is_answered_otherwise_at_the_same_instant_is_told_another_id(policy, known, actor, origin, moment):
    one = decide(policy, known, Stage.FILE, moment)
    two = decide(policy, msgspec.structs.replace(known, actor=actor, origin=origin), Stage.FILE, moment)

    assert one.id != two.id or msgspec.structs.replace(one, id="") == msgspec.structs.replace(two, id="")


@many
@given(
    generated.policies,
    generated.situations(),
    generated.actors,
    generated.stages,
    generated.moments,
    st.integers(0, 10**6) | st.integers(0, 10**9),
)
def test_actors_of_one_policy_class_get_the_same_answers_at_any_time(policy, known, other, stage, moment, passed):
    known = at(up_to(known, stage), Instant(NOW + passed))
    entries = known.values["list_entries"]
    entries = entries if isinstance(entries, tuple) else ()
    classes = {policy_class(policy, actor, LEFT, entries, moment) for actor in (known.actor, other)}
    assume(len(classes) == 1)

    one = decide(policy, known, stage, moment)
    two = decide(policy, msgspec.structs.replace(known, actor=other), stage, moment)

    assert one == two


@many
@given(generated.policies, generated.situations(), generated.moments, generated.stages)
def test_the_decision_is_the_strictest_vote_and_can_be_written_down(policy, known, moment, stage):
    decision = decide(policy, up_to(known, stage), stage, moment)

    assert decision.action is max((vote.action for vote in decision.votes), default=Action.ALLOW)
    assert list(decision.votes) == sorted(decision.votes, key=lambda vote: -vote.action)
    assert decision.valid_until is None or decision.valid_until > known.now
    assert msgspec.json.decode(msgspec.json.encode(decision.facts)) == decision.facts


@many
@given(generated.situations(absent=False))
def test_own_projects_are_refused_only_by_people_bytes_and_what_a_scan_found(known):
    own = msgspec.structs.replace(known, origin=Origin.OWN)
    decision = decide(enforced(), own, Stage.FILE)

    refusing = {vote.rule for vote in decision.votes if vote.action.leaves_listing}
    assert refusing <= {
        "revoked",
        "quarantined",
        "denylist",
        "allowlist",
        "digest_mismatch",
        "similar_name",
        "under_review",
        "scan_result",
        "unpublished",
    }


def enforced():
    policy = read_policy(())
    return Policy(tuple(msgspec.structs.replace(one, mode=Mode.ENFORCE) for one in policy.rules))


def test_the_registry_has_a_rule_for_both_moments():
    assert {moment for rule in RULES for moment in rule.moments} == set(Moment)


BY_FACTS = [rule for rule in RULES if rule.by_facts]


@many
@given(generated.situations(), st.sampled_from(BY_FACTS), st.sampled_from(["0.0.1", "1.0.0-rc.1", "99.0.0"]), st.data())
def test_a_rule_that_goes_by_facts_says_the_same_of_every_version_and_file(known, rule, version, data):
    subject = data.draw(st.sampled_from([Subject(LEFT, version), Subject(LEFT, version, "other.tgz")]))
    assume(known.subject.project == LEFT and known.subject.version is not None)
    policy = read_policy((), rules=(rule,))

    one, other = (
        decide(policy, facts, Stage.FILE) for facts in (known, msgspec.structs.replace(known, subject=subject))
    )

    assert (one.votes, one.waiting, one.valid_until) == (other.votes, other.waiting, other.valid_until)
