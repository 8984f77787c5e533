"""Waivers against votes: the only way to remove one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

import msgspec

from pratique.core.clock import Instant
from pratique.core.decisions import Action, Vote, Waiver
from pratique.core.facts import Facts
from pratique.rules.globs import last_end
from pratique.rules.policy import may_apply


class Effect(Enum):
    """What the waivers leave of a vote."""

    COUNTS = auto()
    REMOVED = auto()
    WAITS = auto()


class Weighed(msgspec.Struct, frozen=True):
    """A vote after the waivers.

    Attributes:
        effect: WAITS is for a whole project of which only some versions or files are waived: each
            is judged by itself later, or an approval of one version could never be used.
        by: the waiver that removed it, `waiver 7`.
        until: when this changes by time alone, None: never.
    """

    effect: Effect
    by: str = ""
    until: Instant | None = None


def weigh(vote: Vote, waivers: Iterable[Waiver], facts: Facts) -> Weighed:
    """What the waivers of the vote's rule leave of it for this subject, actor and instant.

    A vote that allows stays: there is nothing to waive.
    """
    mine = [
        waiver
        for waiver in waivers
        if vote.action > Action.ALLOW
        and waiver.rule == vote.rule
        and may_apply(waiver, facts.actor, facts.subject.project)
    ]
    running = [waiver for waiver in mine if _runs(waiver, facts.now)]
    covering = [waiver for waiver in running if _covers(waiver, facts)]
    if covering:
        longest = max(covering, key=lambda waiver: (waiver.expires is None, waiver.expires or 0))
        return Weighed(Effect.REMOVED, f"waiver {longest.id}", longest.expires)
    if facts.subject.version is None and running:
        return Weighed(Effect.WAITS, until=last_end(waiver.expires for waiver in running))
    starts = [waiver.starts for waiver in mine if waiver.starts > facts.now and _may_cover(waiver, facts)]
    ends = [*starts, *([] if vote.until is None else [vote.until])]
    return Weighed(Effect.COUNTS, until=min(ends, default=None))


def _runs(waiver: Waiver, now: Instant) -> bool:
    return waiver.starts <= now and (waiver.expires is None or now < waiver.expires)


def _covers(waiver: Waiver, facts: Facts) -> bool:
    return facts.in_range(waiver.versions) and waiver.reaches(facts.subject.filename)


def _may_cover(waiver: Waiver, facts: Facts) -> bool:
    return facts.subject.version is None or _covers(waiver, facts)
