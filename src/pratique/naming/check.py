"""May a new project have this name? One function of the name and the snapshot, for publish, preflight and install."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from pratique.core.errors import InvalidName
from pratique.formats.lookalikes import fold
from pratique.naming.candidates import Candidate, candidates, same_forms
from pratique.naming.exemptions import NOBODY, Standing, may_resemble, reason_to_pass
from pratique.naming.keys import Spelled, spell
from pratique.naming.reserved import is_reserved
from pratique.naming.score import score
from pratique.naming.sentences import tell
from pratique.naming.snapshot import MOST_NEAR, Snapshot
from pratique.naming.spelling import SPELLINGS, canonical_or_none

NOTE, REVIEW, HOLD = 0.2, 0.35, 0.65
"""Scores from which a verdict begins. Measured at 0.35: see `bench/names.py`."""
RATIO = 100
"""How many times more popular a target is before an install is questioned."""
LEADING = 10_000
"""Rank up to which nobody is asked whether another name was meant: no new project gets there."""
MOST_TARGETS = 5
_LONGEST = 512
"""Characters; no registry has longer names."""


class At(StrEnum):
    """When a name is checked."""

    PUBLISH = "publish"
    INSTALL = "install"


class Outcome(StrEnum):
    """What follows: nothing; a remark; a person looks soon; nothing happens until a person has looked."""

    OK = "ok"
    NOTE = "note"
    REVIEW = "review"
    HOLD = "hold"


class Verdict(msgspec.Struct, frozen=True):
    """The answer for one name.

    Attributes:
        name: as it was asked.
        verdict: what follows.
        score: of the first target; 1 where the name itself is no good.
        targets: known names it could be taken for, the likeliest first.
        kind: in what way; `invalid` or `reserved` where the name itself is no good, empty where all is well.
        why: one sentence of printable ASCII.
    """

    name: str
    verdict: Outcome
    score: float = 0.0
    targets: tuple[str, ...] = ()
    kind: str = ""
    why: str = "no known name looks like it"

    @property
    def waits(self) -> bool:
        """Whether a person has to look."""
        return self.verdict in (Outcome.REVIEW, Outcome.HOLD)


class _Scored(msgspec.Struct, frozen=True):
    candidate: Candidate
    score: float


_MISLEADS = "it means something else to whoever types it: a command, a file or a runtime; choose another name"


def check(
    snapshot: Snapshot,
    name: str,
    at: At = At.PUBLISH,
    standing: Standing = NOBODY,
    now: datetime | None = None,
    alike: Sequence[str] = (),
) -> Verdict:
    """Judge a name. The same arguments give the same verdict, always.

    Args:
        snapshot: of the ecosystem; the name itself is not compared with.
        name: as somebody typed it; may be anything.
        at: publish asks what a new project would be taken for; install only what is downloaded a hundred times more.
        standing: whose name it is.
        now: for exceptions that end.
        alike: further names that exist and are not in the snapshot, canonical: those that share a key with this one
            (`keys.keys_asked`).
    """
    spelling = SPELLINGS[snapshot.ecosystem]
    try:
        canonical = spelling.canonical(name)
    except InvalidName as refusal:
        return _refused(snapshot, name, str(refusal))
    if standing is not NOBODY and (exempt := reason_to_pass(standing, canonical, now)):
        return Verdict(name, Outcome.OK, why=exempt)
    typed = spell(snapshot.ecosystem, canonical)
    found = [*candidates(snapshot, typed), *same_forms(snapshot.ecosystem, typed, alike)]
    if at is At.PUBLISH and (verdict := _judge_alone(snapshot, name, typed)):
        return verdict
    return _compare(snapshot, name, typed, found, at, standing, now) if found else Verdict(name, Outcome.OK)


def _judge_alone(snapshot: Snapshot, name: str, typed: Spelled) -> Verdict | None:
    """What a name says by itself, whatever it resembles: one that is popular stays, one that misleads never comes."""
    try:
        SPELLINGS[snapshot.ecosystem].refuse_new(typed.name)
        if not is_reserved(snapshot.ecosystem, typed.skeleton):
            return None
        refused = Verdict(name, Outcome.HOLD, 1.0, (), "reserved", _MISLEADS)
    except InvalidName as refusal:
        refused = _refused(snapshot, name, str(refusal))
    return None if _is_popular(snapshot, typed.name) else refused


def _compare(
    snapshot: Snapshot,
    name: str,
    typed: Spelled,
    found: list[Candidate],
    at: At,
    standing: Standing,
    now: datetime | None,
) -> Verdict:
    number = snapshot.number(typed.name)
    most = min(snapshot.popular, MOST_NEAR if at is At.PUBLISH else LEADING)
    if number is not None and number < most:
        return Verdict(name, Outcome.OK, why="it is one of the popular names itself")
    if at is At.INSTALL:
        least = RATIO * snapshot.monthly(number)
        found = [one for one in found if one.number is not None and snapshot.monthly(one.number) >= least]
    if standing is not NOBODY:
        found = [one for one in found if not may_resemble(standing, snapshot.ecosystem, typed.name, one.target, now)]
    scored = [_Scored(one, score(snapshot, typed, one)) for one in found]
    return _verdict(snapshot, name, typed, [one for one in scored if one.score >= NOTE])


def _verdict(snapshot: Snapshot, name: str, typed: Spelled, scored: list[_Scored]) -> Verdict:
    if not scored:
        return Verdict(name, Outcome.OK)
    scored.sort(key=lambda one: (-one.score, _place(one.candidate), one.candidate.target))
    best = scored[0]
    outcome = Outcome.HOLD if best.score >= HOLD else Outcome.REVIEW if best.score >= REVIEW else Outcome.NOTE
    number = best.candidate.number
    rank = None if number is None else snapshot.rank(number)
    targets = tuple(dict.fromkeys(one.candidate.target for one in scored))[:MOST_TARGETS]
    why = tell(snapshot.ecosystem, typed.name, best.candidate, rank)
    return Verdict(name, outcome, round(best.score, 3), targets, best.candidate.kind, why)


def _refused(snapshot: Snapshot, name: str, sentence: str) -> Verdict:
    """No name at all, or one that nobody may newly take; what it looks like is told along."""
    plain = canonical_or_none(snapshot.ecosystem, fold(name[:_LONGEST]).strip().lower())
    targets: tuple[str, ...] = ()
    if plain is not None:
        same = () if snapshot.number(plain) is None else (plain,)
        typed = spell(snapshot.ecosystem, plain)
        found = _compare(snapshot, plain, typed, candidates(snapshot, typed), At.PUBLISH, NOBODY, None)
        targets = tuple(target for target in same + found.targets if target != name)
    return Verdict(name, Outcome.HOLD, 1.0, targets[:MOST_TARGETS], "invalid", sentence)


def _is_popular(snapshot: Snapshot, canonical: str) -> bool:
    number = snapshot.number(canonical)
    return number is not None and number < min(snapshot.popular, MOST_NEAR)


def _place(candidate: Candidate) -> int:
    return 1 << 30 if candidate.number is None else candidate.number
