import msgspec
import pytest

from pratique.core.actors import OPERATOR, Actor, ActorKind
from pratique.core.decisions import EntryKind, Mode, Moment, RuleSetting
from pratique.core.errors import Invalid
from pratique.core.names import EcosystemId, ProjectKey
from pratique.rules.policy import may_apply, policy_class, read_policy, view_key
from pratique.rules.registry import RULES, TWO_PEOPLE, rule_named
from tests.unit.rules.cases import AGENT, LEFT, NOW, USER, entry, policy, waiver


def class_of(actor=USER, project=LEFT, entries=(), waivers=(), settings=(), moment=Moment.INSTALL):
    return policy_class(read_policy(settings, waivers), actor, project, entries, moment)


def test_a_rule_that_nobody_set_has_the_mode_it_starts_with():
    modes = {one.rule.name: one.mode for one in read_policy(()).rules}

    watching = ("agent_new_name", "similar_name", "scan_result", "under_review")
    assert {modes.pop(name) for name in watching} == {Mode.DRY_RUN}
    assert set(modes.values()) == {Mode.ENFORCE}
    assert len(modes) == len(RULES) - len(watching)
    assert {one.setting_version for one in read_policy(()).rules} == {0}


def test_a_setting_gives_mode_options_and_version():
    (cooldown,) = [
        one
        for one in read_policy(
            [RuleSetting("cooldown", Mode.DRY_RUN, options={"minimum_age_hours": 1}, version=4)]
        ).rules
        if one.rule.name == "cooldown"
    ]

    assert (cooldown.mode, cooldown.options.minimum_age_hours) == (Mode.DRY_RUN, 1)
    assert cooldown.identity == ["cooldown", 1, 4]


def test_a_rule_that_is_off_is_no_part_of_the_policy():
    assert "cooldown" not in [one.rule.name for one in read_policy([RuleSetting("cooldown", Mode.OFF)]).rules]


def test_a_setting_of_an_unknown_rule_is_refused_by_name():
    with pytest.raises(Invalid, match='there is no rule "cooldwn"; there are revoked, known_malware, '):
        read_policy([RuleSetting("cooldwn", Mode.ENFORCE)])


def test_an_unknown_option_is_refused_by_name():
    setting = RuleSetting("cooldown", Mode.ENFORCE, options={"min_age": 3})

    with pytest.raises(Invalid) as refused:
        read_policy([setting])

    assert str(refused.value) == ('rule cooldown has no option "min_age"; it has minimum_age_hours, fix_days, exempt')


def test_the_class_is_the_same_for_people_who_see_the_same():
    other = Actor(ActorKind.USER, account=9, name="bob")

    assert class_of(USER) == class_of(other) == class_of(OPERATOR)
    assert class_of(USER) == class_of(USER, project=ProjectKey(EcosystemId("npm"), "right"))


def admin(stepped_up_at):
    return Actor(ActorKind.USER, account=2, name="root", admin=True, stepped_up_at=stepped_up_at)


def test_whoever_may_publish_a_public_name_is_of_another_class_when_publishing_but_not_when_installing():
    people = [USER, OPERATOR, admin(NOW), admin(NOW + 1)]

    assert len({class_of(one, moment=Moment.PUBLISH) for one in people}) == 4
    assert len({class_of(one) for one in people}) == 1


def test_an_admin_who_did_not_give_the_password_again_publishes_like_anybody():
    assert class_of(admin(None), moment=Moment.PUBLISH) == class_of(USER, moment=Moment.PUBLISH)


@pytest.mark.parametrize(
    "other",
    [
        {"actor": AGENT},
        {"waivers": [waiver("cooldown")]},
        {"entries": [entry(EntryKind.GRANT)]},
        {"settings": [RuleSetting("cooldown", Mode.ENFORCE)]},
        {"settings": [RuleSetting("cooldown", Mode.DRY_RUN)]},
        {"settings": [RuleSetting("cooldown", Mode.OFF)]},
    ],
)
def test_the_class_is_another_where_another_answer_is_possible(other):
    assert class_of() != class_of(**other)


def test_two_repositories_that_set_an_option_differently_do_not_share_a_class():
    one, two = ([RuleSetting("cooldown", Mode.ENFORCE, options={"minimum_age_hours": hours})] for hours in (1, 2))

    assert class_of(settings=one) != class_of(settings=two)


def test_mode_alone_makes_another_class():
    one, two = ([RuleSetting("cooldown", mode, version=1)] for mode in (Mode.ENFORCE, Mode.DRY_RUN))

    assert class_of(settings=one) != class_of(settings=two)


def test_the_class_does_not_move_with_time_or_the_order_of_rows():
    started = [waiver("cooldown", id=1, expires=NOW), waiver("cooldown", id=2, starts=NOW + 5)]

    assert class_of(waivers=started) == class_of(waivers=reversed(started))
    assert class_of(waivers=started) != class_of(waivers=started[:1])


def test_waivers_and_entries_that_can_never_apply_do_not_split_the_class():
    foreign = [
        waiver("cooldown", name="right"),
        msgspec.structs.replace(waiver("cooldown"), ecosystem="pypi"),
        waiver("cooldown", actor_kinds=frozenset({"ci"})),
    ]

    assert class_of() == class_of(waivers=foreign)
    assert class_of() == class_of(entries=[entry(EntryKind.DENY), entry(EntryKind.ALLOW)])


def test_a_waiver_for_a_kind_of_actor_concerns_only_that_kind():
    for_agents = waiver("cooldown", actor_kinds=frozenset({"agent"}))

    assert may_apply(for_agents, AGENT, LEFT)
    assert not may_apply(for_agents, USER, LEFT)


VIEW = ("main", LEFT, "full", "gzip", "https://packages.example.test", "class")


def test_a_view_key_is_the_same_for_the_same_view():
    assert view_key(*VIEW) == view_key(*VIEW)


@pytest.mark.parametrize("place", range(len(VIEW)))
def test_a_view_key_is_another_if_any_part_is(place):
    other = list(VIEW)
    other[place] = ProjectKey(EcosystemId("npm"), "right") if place == 1 else other[place] + "x"

    assert view_key(*VIEW) != view_key(*other)


def test_a_view_key_tells_ecosystems_apart():
    other = ProjectKey(EcosystemId("pypi"), "left")

    assert view_key(*VIEW) != view_key("main", other, *VIEW[2:])


def test_parts_of_a_view_key_do_not_run_into_each_other():
    assert view_key("a", LEFT, "bc", "d", "e", "f") != view_key("a", LEFT, "b", "cd", "e", "f")


def test_keys_and_classes_can_stand_in_a_url():
    assert {len(class_of()), len(view_key(*VIEW))} == {26}


def test_three_rules_need_two_people_and_all_of_them_exist():
    assert {"known_malware", "revoked", "digest_mismatch"} == TWO_PEOPLE
    assert all(rule_named(name) is not None for name in TWO_PEOPLE)
    assert rule_named("no such rule") is None


def test_a_class_is_of_installs_unless_told_otherwise():
    install, publish = (policy_class(policy(), OPERATOR, LEFT, (), moment) for moment in Moment)

    assert policy_class(policy(), OPERATOR, LEFT) == install != publish
