"""One decision on one subject: ask every rule, remove what is waived or on trial, the strictest vote wins."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from operator import is_not, itemgetter
from typing import Any, TypeVar

import msgspec

from pratique.core.clock import MINUTE, Instant
from pratique.core.decisions import Action, Decision, Mode, Moment, SetAside, Vote
from pratique.core.facts import LIST_ENTRIES, Absent, Fact, FactAbsent, Facts, NotYetFetched, Stage
from pratique.rules.canonical import canonical, without_excuses
from pratique.rules.contract import Needs, deny
from pratique.rules.policy import ActiveRule, Policy, policy_class, short_hash
from pratique.rules.waivers import Effect, weigh

DRY_RUN = "dry-run"

_NOWHERE: Any = object()

T = TypeVar("T")

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


Placed = tuple[int, ActiveRule, frozenset[str]]
"""A rule with its place in the policy and the names of the facts it may read."""

_by_place: Callable[[tuple[int, Opinion]], int] = itemgetter(0)


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
    return Judge(policy, stage, moment)(facts)


class Judge:
    """Decides on one subject after the other, for one policy: what they share is worked out once.

    For one thread at a time.
    """

    def __init__(self, policy: Policy, stage: Stage, moment: Moment = Moment.INSTALL) -> None:
        """Prepare; the arguments are those of `decide`."""
        self._policy, self._moment = policy, moment
        self._due = Stage.FILE if moment is Moment.PUBLISH else stage
        self._active = tuple(one for one in policy.rules if moment in one.rule.moments)
        needed = [(place, one, _name_set(one.rule.needs)) for place, one in enumerate(self._active)]
        self._each_time = [one for one in needed if not one[1].rule.by_facts]
        self._alike = Alike([one for one in needed if one[1].rule.by_facts], self._due)
        self._names = _names(tuple(one.rule.needs for one in self._active))
        self._written: dict[str, tuple[Any, Any]] = {}
        self._asked: tuple[Any, ...] | None = None
        self._class = ""

    def __call__(self, facts: Facts) -> Decision:
        """As `decide`."""
        return self._decision(facts, self._votes(facts))

    def briefly(self, facts: Facts) -> Decision:
        """As `decide`, but where nothing objects, or would, the decision has neither id nor facts: nobody looks it up.

        Naming a decision costs more than making it, and of a large project nearly all are of this kind.
        """
        tally = self._votes(facts)
        if tally.set_aside or (tally.votes and tally.votes[0].action > Action.ALLOW):
            return self._decision(facts, tally)
        return self._outcome(facts, tally, "", {})

    def _votes(self, facts: Facts) -> Tally:
        declared, tally = _Declared(facts.values), Tally()
        mine = _asked_about(facts, declared)
        opinions = list(self._alike.opinions(facts, mine, declared))
        for place, one, names in self._each_time:
            declared.names = names
            opinion = _ask(one, mine, self._due)
            if opinion is not None:
                opinions.append((place, opinion))
        for _, opinion in sorted(opinions, key=_by_place) if len(opinions) > 1 else opinions:
            _count(tally, opinion, self._policy, facts)
        if len(tally.votes) > 1:
            tally.votes.sort(key=lambda vote: (-vote.action, vote.passing))
        return tally

    def _decision(self, facts: Facts, tally: Tally) -> Decision:
        looked_at = {name: self._canonical(name, facts.values[name]) for name in self._names if name in facts.values}
        return self._outcome(facts, tally, self._identity(facts, looked_at), looked_at)

    def _outcome(self, facts: Facts, tally: Tally, identity: str, looked_at: dict[str, Any]) -> Decision:
        return Decision(
            id=identity,
            subject=facts.subject,
            action=tally.votes[0].action if tally.votes else Action.ALLOW,
            votes=tuple(tally.votes),
            set_aside=tuple(tally.set_aside),
            waiting=tuple(tally.waiting),
            valid_until=min((end for end in tally.ends if end > facts.now), default=None),
            facts=looked_at,
        )

    def _canonical(self, name: str, value: Any) -> Any:
        """A fact as it is written; most are the same value for all files of a project."""
        known = self._written.get(name)
        if known is None or known[0] is not value:
            known = self._written[name] = (value, canonical(value))
        return known[1]

    def _identity(self, facts: Facts, looked_at: dict[str, Any]) -> str:
        rules = [one.identity for one in self._active]
        subject = [self._policy.repository, facts.subject.purl, facts.subject.filename, facts.origin.value]
        return short_hash([rules, self._class_of(facts), *subject, without_excuses(looked_at)])

    def _class_of(self, facts: Facts) -> str:
        entries = facts.values.get(LIST_ENTRIES.name, ())
        asked = (facts.actor, facts.subject.project, entries)
        if self._asked is None or any(map(is_not, asked, self._asked)):
            known = () if isinstance(entries, Absent) else entries
            self._asked = asked
            self._class = policy_class(self._policy, facts.actor, facts.subject.project, known, self._moment)
        return self._class


class Alike:
    """Rules that go by facts alone. As long as the facts are the same values they are asked once."""

    def __init__(self, rules: list[Placed], due: Stage) -> None:
        """Prepare.

        Args:
            rules: all of them with `by_facts`.
            due: as in `Judge`.
        """
        self._rules, self._due = rules, due
        self._names = sorted({name for _, _, names in rules for name in names})
        self._asked: list[Any] | None = None
        self._opinions: list[tuple[int, Opinion]] = []

    def opinions(self, facts: Facts, mine: Facts, declared: _Declared) -> list[tuple[int, Opinion]]:
        """What they say, with their places in the policy.

        Args:
            facts: of one subject.
            mine: the same as rules are shown them.
            declared: in which they are told apart.
        """
        subject = facts.subject
        asked = [facts.origin, facts.actor, facts.now, subject.project, subject.version is None]
        asked += map(facts.values.get, self._names, repeat(_NOWHERE))
        if self._asked is None or any(map(is_not, asked, self._asked)):
            self._asked, self._opinions = asked, list(self._ask(mine, declared))
        return self._opinions

    def _ask(self, mine: Facts, declared: _Declared) -> Iterator[tuple[int, Opinion]]:
        for place, one, names in self._rules:
            declared.names = names
            opinion = _ask(one, mine, self._due)
            if opinion is not None:
                yield place, opinion


class _Declared(Mapping[str, Any]):
    """The facts of the rule that is asked; a read of any other is a fault, not a wait."""

    __slots__ = ("all", "names")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.all, self.names = values, frozenset[str]()

    def __getitem__(self, name: str) -> Any:
        if name not in self.names:
            raise UndeclaredFact(name)
        return self.all[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in sorted(self.names) if name in self.all)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _AskedFacts(Facts, frozen=True):
    """Facts as a rule is shown them. A listing reads ten of each file: the usual case is done in one step."""

    declared: _Declared

    def __getitem__(self, fact: Fact[T]) -> T:
        declared, name = self.declared, fact.name
        if name in declared.names:
            value = declared.all.get(name, _NOWHERE)
            if value is not _NOWHERE and not isinstance(value, Absent):
                return value  # type: ignore[no-any-return]
        return super().__getitem__(fact)


def _asked_about(facts: Facts, declared: _Declared) -> _AskedFacts:
    return _AskedFacts(
        facts.subject,
        facts.origin,
        facts.actor,
        facts.now,
        facts.version_key,
        facts.release_key,
        declared,
        declared,
    )


def _ask(active: ActiveRule, mine: Facts, due: Stage) -> Opinion | None:
    """The rule's vote, or what stands for it when the rule cannot judge; None if it has no objection."""
    try:
        vote = active.rule.vote(mine, active.options)
    except NotYetFetched as wait:
        if wait.fact.stage > due:
            return Opinion(active, waits=True)
        return _failed(active, f"cannot be judged: {wait.fact.name} ({wait.fact.meaning}) was not fetched")
    except FactAbsent as absence:
        return _without(active, absence)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in a rule denies, under its name
        return _failed(active, f"cannot be judged: the rule failed with {type(error).__name__}")
    return None if vote is None else Opinion(active, vote)


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


@functools.cache
def _names(needs: tuple[Needs, ...]) -> tuple[str, ...]:
    """Names of the facts that some rules need; there are only so many combinations of rules."""
    return tuple(sorted({fact.name for some in needs for fact in some}))


@functools.cache
def _name_set(needs: Needs) -> frozenset[str]:
    return frozenset(fact.name for fact in needs)
