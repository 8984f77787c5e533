"""One decision on one subject: ask every rule, remove what is waived or on trial, the strictest vote wins."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from pratique.core.clock import MINUTE, Instant
from pratique.core.decisions import Action, Decision, Mode, Moment, SetAside, Vote
from pratique.core.facts import LIST_ENTRIES, Absent, FactAbsent, Facts, NotYetFetched, Stage
from pratique.rules.canonical import canonical, without_excuses
from pratique.rules.contract import Needs, deny
from pratique.rules.policy import ActiveRule, Policy, policy_class, short_hash
from pratique.rules.waivers import Effect, weigh

DRY_RUN = "dry-run"

TRY_AGAIN = MINUTE
"""A decision that rests on a failure is worth asking for again after so long."""


class UndeclaredFact(Exception):
    """A rule read a fact that is not among its needs: a fault in the rule, which therefore denies."""


class Opinion(msgspec.Struct, frozen=True):
    """What one rule said, or that it waits (no vote, `waits` set).

    Attributes:
        failed: the vote is a denial because the rule could not judge.
    """

    active: ActiveRule
    vote: Vote | None = None
    waits: bool = False
    failed: bool = False


class Tally(msgspec.Struct):
    """Votes as they come in."""

    votes: list[Vote] = []
    set_aside: list[SetAside] = []
    waiting: list[str] = []
    ends: list[Instant] = []


def decide(policy: Policy, facts: Facts, stage: Stage, moment: Moment = Moment.INSTALL) -> Decision:
    """Judge a subject by all facts known at a stage.

    A rule that needs a fact of a later stage waits: it says nothing now. A rule whose fact is due and
    missing, or absent, or that raises, denies by its name. Votes of a rule in dry-run and waived votes
    are set aside, nothing else is.

    Args:
        policy: of the repository, with the waivers of the project.
        facts: of one project, release or file, for one actor at one instant.
        stage: facts of this stage and of those before it are due.
        moment: install, or publish, which is decided once: every fact is due.

    Returns:
        The decision. Its id is the same as long as repository, rules, settings, policy class, subject,
        origin and facts are, however late it is; at the instant `valid_until` its outcome may differ.

    Source: ARCHITECTURE, "The words" and "Install".
    """
    active = tuple(one for one in policy.rules if moment in one.rule.moments)
    due = Stage.FILE if moment is Moment.PUBLISH else stage
    tally = Tally()
    for one in active:
        _count(tally, _ask(one, facts, due), policy, facts)
    tally.votes.sort(key=lambda vote: (-vote.action, vote.passing))
    looked_at = _looked_at(active, facts.values)
    return Decision(
        id=_identity(active, policy, facts, looked_at, moment),
        subject=facts.subject,
        action=tally.votes[0].action if tally.votes else Action.ALLOW,
        votes=tuple(tally.votes),
        set_aside=tuple(tally.set_aside),
        waiting=tuple(tally.waiting),
        valid_until=min((end for end in tally.ends if end > facts.now), default=None),
        facts=looked_at,
    )


class _Declared(Mapping[str, Any]):
    """The facts of one rule; a read of any other is a fault, not a wait."""

    def __init__(self, needs: Needs, values: Mapping[str, Any]) -> None:
        self._names, self._values = _names((needs,)), values

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise UndeclaredFact(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._names if name in self._values)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _ask(active: ActiveRule, facts: Facts, due: Stage) -> Opinion:
    """The rule's vote, or what stands for it when the rule cannot judge."""
    rule = active.rule
    mine = msgspec.structs.replace(facts, values=_Declared(rule.needs, facts.values))
    try:
        return Opinion(active, rule.vote(mine, active.options))
    except NotYetFetched as wait:
        if wait.fact.stage > due:
            return Opinion(active, waits=True)
        return _failed(active, f"cannot be judged: {wait.fact.name} ({wait.fact.meaning}) was not fetched")
    except FactAbsent as absence:
        return _without(active, absence)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in a rule denies, under its name
        return _failed(active, f"cannot be judged: the rule failed with {type(error).__name__}")


def _without(active: ActiveRule, absence: FactAbsent) -> Opinion:
    """What stands for the vote of a rule whose fact is absent; a long sentence is cut at its end."""
    why, remedy = absence.absent.why, absence.absent.remedy
    if remedy:
        return _failed(active, f"{remedy}: {why}")
    if absence.absent.passing:
        return _failed(active, f"cannot be judged now: {why}", passing=True)
    return _failed(active, f"cannot be judged: {absence.fact.name} is missing ({why})")


def _failed(active: ActiveRule, why: str, *, passing: bool = False) -> Opinion:
    return Opinion(active, msgspec.structs.replace(deny(active.rule.name, why), passing=passing), failed=True)


def _count(tally: Tally, opinion: Opinion, policy: Policy, facts: Facts) -> None:
    vote = opinion.vote
    if opinion.waits:
        tally.waiting.append(opinion.active.rule.name)
    if vote is None:
        return
    if opinion.active.mode is Mode.DRY_RUN:
        tally.set_aside.append(SetAside(vote, DRY_RUN))
        return
    weighed = weigh(vote, policy.waivers, facts)
    if weighed.effect is Effect.COUNTS:
        tally.votes.append(vote)
    elif weighed.effect is Effect.REMOVED:
        tally.set_aside.append(SetAside(vote, weighed.by))
    else:
        tally.waiting.append(vote.rule)
    if weighed.until is not None:
        tally.ends.append(weighed.until)
    if opinion.failed:
        tally.ends.append(Instant(facts.now + TRY_AGAIN))


def _looked_at(active: tuple[ActiveRule, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    names = _names(tuple(one.rule.needs for one in active))
    return {name: canonical(values[name]) for name in names if name in values}


@functools.cache
def _names(needs: tuple[Needs, ...]) -> tuple[str, ...]:
    """Names of the facts that some rules need; there are only so many combinations of rules."""
    return tuple(sorted({fact.name for some in needs for fact in some}))


def _identity(
    active: tuple[ActiveRule, ...], policy: Policy, facts: Facts, looked_at: dict[str, Any], moment: Moment
) -> str:
    entries = facts.values.get(LIST_ENTRIES.name, ())
    known = () if isinstance(entries, Absent) else entries
    group = policy_class(policy, facts.actor, facts.subject.project, known, moment)
    rules = [one.identity for one in active]
    subject = [policy.repository, facts.subject.purl, facts.subject.filename, facts.origin.value]
    return short_hash([rules, group, *subject, without_excuses(looked_at)])
