"""Rule x fact x stage: no rule can be forgotten, no fact can lie idle, no rule reads what it does not declare."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run

from pratique import rules
from pratique.core.decisions import Action, Mode, Moment
from pratique.core.facts import ALL_FACTS, Absent, Fact, FactAbsent, Facts, NotYetFetched, Stage
from pratique.rules.contract import Rule
from pratique.rules.decide import decide
from pratique.rules.policy import Policy, read_policy
from pratique.rules.registry import RULES
from pratique.rules.settings import strict_settings
from tests.unit.rules import generated
from tests.unit.rules.cases import without

TABLE = [(rule, fact) for rule in RULES for fact in rule.needs]
"""Every fact that a rule may read. Tests of listing and download walk this."""

MOMENTS = [(rule, fact, moment) for rule, fact in TABLE for moment in sorted(rule.moments)]

named = pytest.mark.parametrize(
    ("rule", "fact", "moment"),
    MOMENTS,
    ids=[f"{rule.name}-{fact.name}-{fact.stage.name.lower()}-{moment}" for rule, fact, moment in MOMENTS],
)


@pytest.fixture(scope="module")
def situations() -> list[Facts]:
    """Many complete sets of facts, the same in every run."""
    found: list[Facts] = []

    @run(max_examples=600, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(generated.situations(absent=False))
    def collect(known: Facts) -> None:
        found.append(known)

    collect()
    return found


class Traced(dict[str, Any]):
    """Fact values that remember which were asked for."""

    def __init__(self, values: Any, asked: set[str]) -> None:
        super().__init__(values)
        self.asked = asked

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)


def reads(rule: Rule, situations: list[Facts]) -> set[str]:
    """The facts that a rule asks for."""
    asked: set[str] = set()
    for known in situations:
        with suppress(NotYetFetched, FactAbsent):
            rule.vote(msgspec.structs.replace(known, values=Traced(known.values, asked)), rule.options())
    return asked


@cache
def alone(rule: Rule) -> Policy:
    """A policy in which only this rule counts."""
    policy = read_policy(strict_settings())
    return Policy(tuple(one for one in policy.rules if one.rule is rule))


def test_every_fact_is_needed_by_some_rule():
    needed = {fact.name for _, fact in TABLE}

    assert [fact.name for fact in ALL_FACTS if fact.name not in needed] == []


def test_every_rule_file_is_in_the_registry():
    folder = Path(rules.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if "\nNAME = " in path.read_text()}

    assert files == {rule.name for rule in RULES}
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_facts_have_names_of_their_own_and_a_meaning():
    assert len({fact.name for fact in ALL_FACTS}) == len(ALL_FACTS)
    assert all(fact.meaning and not fact.meaning.endswith(".") for fact in ALL_FACTS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_reads_what_it_declares_no_more_and_no_less(rule, situations):
    assert reads(rule, situations) == {fact.name for fact in rule.needs}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_judges_at_some_moment_and_its_usual_settings_are_valid(rule):
    assert rule.moments
    assert rule.starts in {Mode.ENFORCE, Mode.DRY_RUN}
    assert rule.options() == msgspec.convert({}, rule.options)


@named
def test_a_fact_that_is_absent_makes_its_rule_deny_at_every_stage(rule, fact, moment, situations):
    denied = {
        stage
        for stage in Stage
        for known in situations
        if missing(rule, fact, stage, moment, with_value(known, fact, Absent("failed")), " is missing (failed)")
    }

    assert denied == set(Stage)


@named
def test_a_fact_that_is_not_fetched_makes_its_rule_wait_until_it_is_due_and_deny_from_then_on(
    rule, fact, moment, situations
):
    waiting, denied = set(), set()
    for stage in Stage:
        for known in situations:
            less = without(known, fact)
            if awaited(rule, less) is not fact:
                continue
            if decide(alone(rule), less, stage, moment).waiting:
                waiting.add(stage)
            if missing(rule, fact, stage, moment, less, ""):
                denied.add(stage)

    due = set(Stage) if moment is Moment.PUBLISH else {stage for stage in Stage if stage >= fact.stage}
    assert denied == due
    assert waiting == set(Stage) - due


def awaited(rule: Rule, known: Facts) -> Fact[Any] | None:
    """The fact that the rule asks for in vain, if it does."""
    try:
        rule.vote(known, rule.options())
    except NotYetFetched as wait:
        return wait.fact
    return None


def missing(rule: Rule, fact: Fact[Any], stage: Stage, moment: Moment, known: Facts, words: str) -> bool:
    """Whether the rule denies for want of the fact."""
    decision = decide(alone(rule), known, stage, moment)
    wanting = decision.vote is not None and f"cannot be judged: {fact.name}{words}" in decision.vote.why
    assert decision.action is Action.DENY or not wanting
    return wanting


def with_value(known: Facts, fact: Fact[Any], value: Any) -> Facts:
    """The same facts with another value for one."""
    return msgspec.structs.replace(known, values={**known.values, fact.name: value})
