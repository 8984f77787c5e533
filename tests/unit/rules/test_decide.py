import msgspec
import pytest

from pratique.core import facts as fact
from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, HOUR, MINUTE
from pratique.core.decisions import Action, EntryKind, Mode, Moment, Reservation, Revocation, RuleSetting, Vote
from pratique.core.facts import Absent, RecentFix, Stage
from pratique.core.names import EcosystemId, ProjectKey, Subject
from pratique.rules import contract
from pratique.rules.contract import Rule
from pratique.rules.decide import Judge, decide
from pratique.rules.policy import read_policy
from pratique.rules.registry import RULES
from tests.unit.rules.cases import AGENT, LEFT, NOW, USER, ago, entry, facts, judged, policy, said, waiver, without

YOUNG = {fact.PUBLISHED: ago(HOUR)}
DENIED = {fact.LIST_ENTRIES: (entry(reason="no"),)}


def rule(vote, name="odd", needs=(fact.MALWARE,), moments=contract.INSTALL):
    return Rule(name, 1, needs, moments, Mode.ENFORCE, contract.NoOptions, vote, lambda actor, options: "")


def ask(*rules, stage=Stage.FILE, moment=Moment.INSTALL, known=None):
    return decide(read_policy((), rules=rules), known or facts(stage=stage), stage, moment)


def test_nothing_speaks_against_an_old_well_known_release():
    decision = judged()

    assert (decision.action, decision.votes, decision.set_aside, decision.waiting) == (Action.ALLOW, (), (), ())
    assert decision.valid_until is None
    assert decision.subject == Subject(LEFT, "1.0.1", "left-1.0.1.tgz")


def test_the_strictest_vote_decides_and_the_others_are_kept():
    decision = judged({**YOUNG, **DENIED, fact.GONE_UPSTREAM: True})

    assert [vote.rule for vote in decision.votes] == ["denylist", "cooldown", "gone_upstream"]
    assert decision.action is Action.DENY


def test_a_stricter_vote_decides_however_late_its_rule_stands_in_the_registry():
    decision = judged({**YOUNG, fact.LIST_ENTRIES: (entry(action=Action.HIDE),)})

    assert [vote.rule for vote in decision.votes] == ["cooldown", "denylist"]
    assert decision.action is Action.HOLD


def test_of_votes_equally_strict_the_first_rule_of_the_registry_speaks():
    decision = judged({**DENIED, fact.MALWARE: ("MAL-1",), fact.RESERVATION: Reservation(1, "npm", "left")})

    assert [vote.rule for vote in decision.votes] == ["known_malware", "reserved_name", "denylist"]


def test_of_votes_equally_strict_what_lasts_speaks_before_what_passes():
    away = Absent("no upstream could be asked", passing=True)

    decision = judged({fact.MALWARE: away, **DENIED})

    assert [vote.rule for vote in decision.votes] == ["denylist", "known_malware"]
    assert not decision.passing


def test_what_passes_is_looked_at_again_soon_and_says_so():
    decision = judged({fact.MALWARE: Absent("no upstream could be asked", passing=True)})

    assert said(decision) == ("known_malware", "deny", "cannot be judged now: no upstream could be asked")
    assert decision.passing
    assert decision.valid_until == judged({fact.MALWARE: Absent("the store failed")}).valid_until is not None


def test_rules_of_another_moment_are_not_asked():
    assert judged({fact.PUBLIC_EXISTS: True}, moment=Moment.INSTALL, origin=Origin.UNKNOWN).votes == ()
    assert [vote.rule for vote in judged(YOUNG, moment=Moment.PUBLISH).votes] == ["shadows_public"]


@pytest.mark.parametrize(
    ("known", "rule"),
    [
        ({fact.REVOCATIONS: (Revocation(1, "1.0.1", None, "leaked", ago(HOUR)),)}, "revoked"),
        ({fact.LIST_ENTRIES: (entry(reason="no"),)}, "denylist"),
        ({fact.ALLOWLIST_IN_FORCE: True}, "allowlist"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_nobody_may_install_for_all_time_is_not_published_either(known, rule):
    known = {fact.PUBLIC_EXISTS: False, **known}

    decision = judged(known, moment=Moment.PUBLISH, origin=Origin.OWN)

    assert said(decision)[:2] == (rule, "deny")


@pytest.mark.parametrize(
    ("stage", "waiting"),
    [
        (
            Stage.NAME,
            (
                "known_malware",
                "quarantined",
                "digest_mismatch",
                "similar_name",
                "under_review",
                "scan_result",
                "cooldown",
                "gone_upstream",
                "unpublished",
            ),
        ),
        (Stage.LISTING, ("digest_mismatch", "scan_result")),
        (Stage.FILE, ()),
    ],
)
def test_a_rule_waits_for_a_fact_of_a_later_stage(stage, waiting):
    decision = decide(policy(), facts(stage=stage), stage)

    assert decision.action is Action.ALLOW
    assert decision.waiting == waiting


@pytest.mark.parametrize("stage", list(Stage))
def test_a_fact_that_is_due_and_missing_denies_by_the_rules_name_and_the_facts(stage):
    decision = decide(policy(), without(facts(stage=stage), fact.REVOCATIONS), stage)

    assert said(decision) == (
        "revoked",
        "deny",
        "cannot be judged: revocations (revocations in force for this project, its releases and files) was not fetched",
    )
    assert "revoked" not in decision.waiting
    assert decision.valid_until == NOW + MINUTE


def test_a_listing_fact_that_a_listing_lacks_denies():
    decision = decide(policy(), without(facts(stage=Stage.LISTING), fact.PUBLISHED), Stage.LISTING)

    assert said(decision) == (
        "cooldown",
        "deny",
        "cannot be judged: published (when this file was published) was not fetched",
    )


@pytest.mark.parametrize("stage", list(Stage))
def test_a_publish_waits_for_nothing_as_it_is_decided_once(stage):
    later = rule(lambda facts, options: facts[fact.DIGESTS] and None, needs=(fact.DIGESTS,), moments=contract.PUBLISH)
    known = without(facts(stage=stage), fact.DIGESTS)

    decision = ask(later, stage=stage, moment=Moment.PUBLISH, known=known)

    assert said(decision)[:2] == ("odd", "deny")
    assert "digests" in said(decision)[2]


@pytest.mark.parametrize("stage", list(Stage))
def test_a_fact_that_could_not_be_had_denies_at_every_stage(stage):
    decision = judged({fact.REVOCATIONS: Absent("the store failed")}, stage=stage)

    assert said(decision) == ("revoked", "deny", "cannot be judged: revocations is missing (the store failed)")
    assert not decision.passing
    assert decision.valid_until == NOW + MINUTE


def test_what_people_can_do_about_a_missing_fact_is_said_first_as_the_end_of_a_sentence_may_be_cut():
    decision = judged({fact.REVOCATIONS: Absent("it has too many spellings", "must be reserved first")})

    assert said(decision) == ("revoked", "deny", "must be reserved first: it has too many spellings")


@pytest.mark.parametrize("stage", list(Stage))
def test_a_rule_that_raises_denies_by_its_name_and_shows_no_more_than_the_kind_of_error(stage):
    def broken(facts, options):
        raise ZeroDivisionError("secret")

    decision = ask(rule(broken), stage=stage)

    assert said(decision) == ("odd", "deny", "cannot be judged: the rule failed with ZeroDivisionError")


def test_a_rule_cannot_read_a_fact_that_it_does_not_declare():
    decision = ask(rule(lambda facts, options: facts[fact.SERVED_BEFORE] or None, needs=(fact.MALWARE,)))

    assert said(decision) == ("odd", "deny", "cannot be judged: the rule failed with UndeclaredFact")


def test_reading_an_undeclared_fact_is_a_fault_even_where_that_fact_is_not_fetched():
    known = without(facts(stage=Stage.LISTING), fact.SERVED_BEFORE)
    decision = ask(rule(lambda facts, options: facts[fact.SERVED_BEFORE]), known=known, stage=Stage.LISTING)

    assert decision.action is Action.DENY


def test_a_rule_sees_no_facts_but_its_own():
    seen = []

    def look(facts, options):
        seen.extend([list(facts.values), len(facts.values)])

    ask(rule(look, needs=(fact.MALWARE, fact.PUBLISHED, fact.PUBLIC_EXISTS)), known=without(facts(), fact.PUBLISHED))

    assert seen == [["malware", "public_exists"], 2]


def test_a_rule_in_dry_run_is_heard_and_does_not_count():
    settings = [RuleSetting("cooldown", Mode.DRY_RUN)]
    decision = decide(read_policy(settings), facts(YOUNG), Stage.FILE)

    assert decision.action is Action.ALLOW
    assert [(one.vote.rule, one.vote.action, one.by) for one in decision.set_aside] == [
        ("cooldown", Action.HOLD, "dry-run")
    ]
    assert decision.valid_until is None


def test_a_failing_rule_in_dry_run_stops_nobody():
    def broken(facts, options):
        raise RuntimeError

    settings = [RuleSetting("odd", Mode.DRY_RUN)]
    decision = decide(read_policy(settings, rules=(rule(broken),)), facts(), Stage.FILE)

    assert decision.action is Action.ALLOW


def test_a_rule_that_is_off_is_not_asked():
    decision = decide(read_policy([RuleSetting("cooldown", Mode.OFF)]), facts(YOUNG), Stage.FILE)

    assert (decision.votes, decision.set_aside) == ((), ())


def test_an_approval_lets_exactly_one_version_through():
    approval = waiver("cooldown", "1.0.1", id=9)

    passed = judged(YOUNG, waivers=[approval])

    assert passed.action is Action.ALLOW
    assert [one.by for one in passed.set_aside] == ["waiver 9"]
    assert judged(YOUNG, waivers=[approval], version="1.0.2").action is Action.HOLD


def test_a_waiver_removes_its_own_rules_vote_and_no_other():
    decision = judged({**YOUNG, **DENIED}, waivers=[waiver("cooldown")])

    assert said(decision) == ("denylist", "deny", "is on the denylist: no")
    assert [one.vote.rule for one in decision.set_aside] == ["cooldown"]


def test_an_approved_version_of_a_refused_name_gets_past_the_name_stage_and_the_others_do_not():
    asked = {fact.ASKED_BEFORE_EXISTED: ago(DAY)}
    approval = [waiver("agent_new_name", "1.0.1")]

    name = judged(asked, stage=Stage.NAME, actor=AGENT, waivers=approval)

    assert name.action is Action.ALLOW
    assert "agent_new_name" in name.waiting
    assert judged(asked, actor=AGENT, waivers=approval).action is Action.ALLOW
    assert judged(asked, actor=AGENT, waivers=approval, version="1.0.2").action is Action.HOLD


def test_the_decision_changes_when_the_first_of_its_votes_ends():
    entries = (entry(id=1, action=Action.HIDE, expires=NOW + 2 * HOUR),)

    assert judged({**YOUNG, fact.LIST_ENTRIES: entries}).valid_until == NOW + 2 * HOUR


def test_the_decision_changes_when_a_waiver_it_rests_on_ends_or_one_that_concerns_it_begins():
    ends = [waiver("cooldown", expires=NOW + 5)]
    begins = [waiver("cooldown", starts=NOW + 7)]
    idle = [waiver("denylist", expires=NOW + 3), waiver("denylist", starts=NOW + 3)]

    assert judged(YOUNG, waivers=ends).valid_until == NOW + 5
    assert judged(YOUNG, waivers=begins).valid_until == NOW + 7
    assert judged(YOUNG, waivers=idle).valid_until == NOW + 47 * HOUR


@pytest.mark.parametrize("end", [ago(1), NOW])
def test_a_vote_that_ended_already_does_not_set_a_time_that_is_over(end):
    late = rule(lambda facts, options: Vote("odd", Action.HOLD, "is odd", end))

    assert ask(late).valid_until is None


def test_the_explanation_holds_every_fact_that_rules_of_the_moment_may_read():
    install, publish = judged(), judged(moment=Moment.PUBLISH)

    assert "public_exists" not in install.facts
    assert install.facts["published"] == ago(400 * DAY)
    shadowing = {"reservation", "popularity", "served_before", "public_exists"}
    assert set(publish.facts) == shadowing | {
        "revocations",
        "listed_digests",
        "digests",
        "list_entries",
        "allowlist_in_force",
        "name_review",
        "resembles",
        "first_published",
        "first_seen",
    }
    assert list(install.facts) == sorted(install.facts)


def test_the_id_is_26_characters_that_can_stand_in_a_url():
    identity = judged().id

    assert len(identity) == 26
    assert set(identity) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_the_id_stays_while_time_passes():
    assert judged(YOUNG).id == judged(YOUNG, now=NOW + HOUR).id


def test_the_id_does_not_depend_on_how_a_missing_fact_is_excused():
    late, later = Absent("no answer after 3.1 s"), Absent("no answer after 4.0 s")

    assert judged({fact.PUBLISHED: late}).id == judged({fact.PUBLISHED: later}).id
    assert judged({fact.PUBLISHED: late}).facts["published"] == {"absent": "no answer after 3.1 s"}


@pytest.mark.parametrize(
    "other",
    [
        {"changed": {fact.PUBLISHED: ago(2 * HOUR)}},
        {"version": "1.0.2"},
        {"project": msgspec.structs.replace(LEFT, name="right")},
        {"actor": AGENT},
        {"origin": Origin.OWN},
        {"origin": Origin.UNKNOWN},
        {"waivers": [waiver("cooldown", "3.0")]},
        {"options": {"cooldown": {"minimum_age_hours": 72}}},
        {"moment": Moment.PUBLISH},
        {"changed": {**YOUNG, fact.LIST_ENTRIES: (entry(EntryKind.GRANT),)}},
        {"changed": {**YOUNG, fact.MALWARE: Absent("")}},
    ],
    ids=lambda other: next(iter(other)),
)
def test_the_id_is_another_for_another_question(other):
    assert judged(YOUNG).id != judged(**{"changed": YOUNG, **other}).id


def test_a_reserved_name_and_our_own_project_under_it_are_two_questions():
    reserved = {fact.RESERVATION: Reservation(1, "npm", "left", "ours")}
    unknown, own = (judged(reserved, stage=Stage.NAME, origin=one) for one in (Origin.UNKNOWN, Origin.OWN))

    assert (unknown.action, own.action) == (Action.DENY, Action.ALLOW)
    assert unknown.id != own.id


def test_two_files_of_one_release_have_different_ids():
    one = facts(YOUNG)
    two = msgspec.structs.replace(one, subject=msgspec.structs.replace(one.subject, filename="left-1.0.1.whl"))

    assert decide(policy(), one, Stage.FILE).id != decide(policy(), two, Stage.FILE).id


def test_a_changed_setting_or_a_changed_rule_gives_another_id():
    def identity(setting_version, rule_version):
        odd = msgspec.structs.replace(rule(lambda facts, options: None), version=rule_version)
        settings = [RuleSetting("odd", Mode.ENFORCE, version=setting_version)]
        return decide(read_policy(settings, rules=(odd,)), facts(), Stage.FILE).id

    assert len({identity(1, 1), identity(2, 1), identity(1, 2)}) == 3


def test_two_repositories_that_judge_alike_give_decisions_of_their_own():
    one, two = (read_policy((), repository=number) for number in (1, 2))

    assert decide(one, facts(YOUNG), Stage.FILE).id != decide(two, facts(YOUNG), Stage.FILE).id
    assert (
        decide(read_policy((), repository=1), facts(YOUNG), Stage.FILE).id == decide(one, facts(YOUNG), Stage.FILE).id
    )


def test_entries_that_could_not_be_read_give_a_denial_and_no_crash():
    decision = judged({fact.LIST_ENTRIES: Absent("the store failed")}, actor=USER)

    assert said(decision)[:2] == ("denylist", "deny")


JUDGED_ALIKE = [
    {},
    YOUNG,
    DENIED,
    {**YOUNG, fact.GONE_UPSTREAM: True},
    {fact.MALWARE: Absent("the store failed")},
    {fact.PUBLISHED: ago(30 * MINUTE), fact.RECENT_FIX: RecentFix("GHSA-1", ago(DAY))},
]


def test_who_judges_many_says_of_each_what_is_said_of_it_alone():
    rules = policy()
    judge = Judge(rules, Stage.LISTING)
    asked = [
        facts(known, stage=Stage.LISTING, actor=actor, version=version, project=project)
        for known in JUDGED_ALIKE
        for actor in (USER, AGENT)
        for version in ("1.0.0", "1.0.1")
        for project in (LEFT, ProjectKey(EcosystemId("npm"), "right"))
    ]

    assert [judge(one) for one in asked] == [decide(rules, one, Stage.LISTING) for one in asked]


def test_who_judges_many_asks_rules_that_go_by_facts_again_where_anything_they_may_look_at_is_another():
    seen = []

    def looks(known, _options):
        subject = known.subject
        seen.append((known.origin, known.actor.kind, known.now, subject.project.name, subject.version is None))
        return contract.hold("odd", why=str(seen[-1]))

    by_facts = msgspec.structs.replace(rule(looks, needs=()), by_facts=True)
    rules, first = read_policy((), rules=(by_facts,)), facts()
    judge, right = Judge(rules, Stage.FILE), ProjectKey(EcosystemId("npm"), "right")
    others = [
        msgspec.structs.replace(first, origin=Origin.OWN),
        msgspec.structs.replace(first, actor=AGENT),
        msgspec.structs.replace(first, now=NOW + 1),
        msgspec.structs.replace(first, subject=Subject(right, first.subject.version)),
        msgspec.structs.replace(first, subject=Subject(LEFT, None)),
    ]
    asked = [one for other in others for one in (first, other)]

    assert [judge(one).votes for one in asked] == [decide(rules, one, Stage.FILE).votes for one in asked]


@pytest.mark.parametrize(
    "name",
    [
        "gone_upstream",
        "known_malware",
        "quarantined",
        "reserved_name",
        "similar_name",
        "under_review",
        "unpublished",
    ],
)
def test_a_rule_that_goes_by_facts_is_asked_once_for_all_versions_with_the_same(name):
    (rule,) = (one for one in RULES if one.name == name)
    asked = []
    counting = msgspec.structs.replace(rule, vote=lambda known, _options: asked.append(known.subject))
    judge = Judge(read_policy((), rules=(counting,)), Stage.FILE)
    known = facts()

    for version in ("1.0.0", "1.0.1", "2.0.0"):
        judge(msgspec.structs.replace(known, subject=Subject(LEFT, version)))

    assert asked == [Subject(LEFT, "1.0.0")]


@pytest.mark.parametrize("known", JUDGED_ALIKE, ids=range(len(JUDGED_ALIKE)))
def test_a_brief_decision_is_the_whole_one_and_without_a_name_only_where_nothing_objects(known):
    asked = facts(known, stage=Stage.LISTING)
    whole, brief = decide(policy(), asked, Stage.LISTING), Judge(policy(), Stage.LISTING).briefly(asked)

    if whole.action is Action.ALLOW:
        assert brief == msgspec.structs.replace(whole, id="", facts={})
    else:
        assert brief == whole


def test_a_brief_decision_that_would_object_if_it_were_no_trial_has_its_name():
    trial = read_policy([RuleSetting("cooldown", Mode.DRY_RUN)])
    asked = facts(YOUNG, stage=Stage.LISTING)

    brief = Judge(trial, Stage.LISTING).briefly(asked)

    assert brief == decide(trial, asked, Stage.LISTING)
    assert (brief.action, bool(brief.set_aside), bool(brief.id)) == (Action.ALLOW, True, True)


def test_who_judges_many_notices_each_thing_that_makes_another_policy_class():
    rules = policy((waiver("cooldown"),))
    judge, right = Judge(rules, Stage.LISTING), ProjectKey(EcosystemId("npm"), "right")
    grant = {fact.LIST_ENTRIES: (entry(EntryKind.GRANT),)}
    asked = [
        facts(stage=Stage.LISTING),
        facts(stage=Stage.LISTING, actor=AGENT),
        facts(stage=Stage.LISTING, actor=AGENT, project=right),
        facts(grant, stage=Stage.LISTING, actor=AGENT, project=right),
    ]
    asked.append(asked[-1])

    assert [judge(one).id for one in asked] == [decide(rules, one, Stage.LISTING).id for one in asked]


def test_a_brief_decision_that_warns_has_its_name():
    warning = read_policy((), rules=(rule(lambda facts, options: contract.warn("odd", "is odd")),))
    asked = facts(stage=Stage.FILE)

    assert Judge(warning, Stage.FILE).briefly(asked) == decide(warning, asked, Stage.FILE)
