import pytest

from pratique.core.clock import DAY
from pratique.core.decisions import Mode, RuleSetting
from pratique.core.errors import Invalid
from pratique.rules.registry import RULES, rule_named
from pratique.rules.settings import asks_for_an_answer, fresh_settings, read_options, strict_settings
from tests.unit.rules.cases import NOW


def test_on_a_fresh_install_the_rules_about_names_and_scans_watch_for_seven_days_and_the_rest_counts():
    settings = {one.rule: one for one in fresh_settings(NOW)}

    assert set(settings) == {rule.name for rule in RULES}
    watching = ("agent_new_name", "similar_name", "scan_result", "under_review")
    assert {(settings[name].mode, settings[name].until) for name in watching} == {(Mode.DRY_RUN, NOW + 7 * DAY)}
    others = [one for name, one in settings.items() if name not in watching]
    assert {(one.mode, one.until) for one in others} == {(Mode.ENFORCE, None)}


def test_enforce_starts_with_every_rule_counting():
    settings = strict_settings()

    assert {one.rule for one in settings} == {rule.name for rule in RULES}
    assert {(one.mode, one.until) for one in settings} == {(Mode.ENFORCE, None)}


def test_a_dry_run_that_has_run_its_time_asks_for_an_answer():
    trial, *_ = [one for one in fresh_settings(NOW) if one.mode is Mode.DRY_RUN]

    assert not asks_for_an_answer(trial, NOW + 7 * DAY - 1)
    assert asks_for_an_answer(trial, NOW + 7 * DAY)


@pytest.mark.parametrize(
    "setting", [RuleSetting("cooldown", Mode.ENFORCE, until=NOW), RuleSetting("cooldown", Mode.DRY_RUN)]
)
def test_other_settings_ask_nothing(setting):
    assert not asks_for_an_answer(setting, NOW)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_usual_settings(rule):
    assert read_options(rule, {}) == rule.options()


def test_a_rule_without_options_says_so():
    with pytest.raises(Invalid, match=r'^rule revoked has no option "x"; it has none$'):
        read_options(rule_named("revoked"), {"x": 1})


@pytest.mark.parametrize(
    ("rule", "options", "sentence"),
    [
        ("cooldown", {"minimum_age_hours": -1}, "it needs a whole number >= 0"),
        ("cooldown", {"minimum_age_hours": 8761}, "it needs a whole number <= 8760"),
        ("cooldown", {"minimum_age_hours": "48"}, "it needs a whole number, not text"),
        ("cooldown", {"minimum_age_hours": 1.5}, "it needs a whole number, not a number"),
        ("cooldown", {"minimum_age_hours": {}}, "it needs a whole number, not a table"),
        ("cooldown", {"minimum_age_hours": None}, "it needs a whole number, not nothing"),
        ("cooldown", {"fix_days": -1}, "it needs a whole number >= 0"),
        ("cooldown", {"fix_days": 366}, "it needs a whole number <= 365"),
        ("cooldown", {"exempt": "left"}, "it needs a list, not text"),
        ("cooldown", {"exempt": ["left-?"]}, r"it needs text matching regex '^[^?\\[\\]]*$'"),
        ("cooldown", {"exempt": ["x" * 601]}, "it needs text of length <= 600"),
        ("cooldown", {"exempt": ["left"] * 101}, "it needs a list of length <= 100"),
        ("agent_new_name", {"treat_as_agent": ["ci"] * 3}, "it needs a list of length <= 2"),
        ("agent_new_name", {"known_for_days": -1}, "it needs a whole number >= 0"),
        ("agent_new_name", {"known_for_days": 3651}, "it needs a whole number <= 3650"),
        ("agent_new_name", {"treat_as_agent": ["user"]}, "it does not take 'user'"),
        ("digest_mismatch", {"unsafe_accept_unlisted": 1}, "it needs true or false, not a whole number"),
    ],
)
def test_values_that_cannot_be_are_refused_in_words_with_rule_and_option(rule, options, sentence):
    (key,) = options

    with pytest.raises(Invalid) as refused:
        read_options(rule_named(rule), options)

    assert str(refused.value) in (
        f"rule {rule}, option {key}: {sentence}",
        f"rule {rule}, option {key}[0]: {sentence}",
    )


def test_the_bounds_themselves_are_accepted():
    assert read_options(rule_named("cooldown"), {"minimum_age_hours": 8760, "fix_days": 365}).fix_days == 365
    assert read_options(rule_named("cooldown"), {"minimum_age_hours": 0, "fix_days": 0}).fix_days == 0
    assert read_options(rule_named("agent_new_name"), {"known_for_days": 3650}).known_for_days == 3650
    assert read_options(rule_named("agent_new_name"), {"known_for_days": 0}).known_for_days == 0
