"""Hold a release until others have had time to notice harm."""

from __future__ import annotations

from typing import Annotated

import msgspec

from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, HOUR, Instant, in_words
from pratique.core.decisions import Vote
from pratique.core.facts import JOINED_LATE, NEW_EXECUTION_POINTS, PUBLISHED, RECENT_FIX, WEAKER_EVIDENCE, Facts
from pratique.rules import contract
from pratique.rules.contract import Needs, allow, hold
from pratique.rules.globs import matches

NAME = "cooldown"
NEEDS: Needs = (PUBLISHED, RECENT_FIX, JOINED_LATE, NEW_EXECUTION_POINTS, WEAKER_EVIDENCE)


class Options(contract.Options, frozen=True):
    """Settings of this rule.

    Attributes:
        minimum_age_hours: age from which a file passes.
        fix_days: an advisory may let its fix pass early for so long after its publication.
        exempt: globs over canonical names (`@acme/*`), or with the ecosystem (`npm:@acme/*`).
    """

    minimum_age_hours: Annotated[int, msgspec.Meta(ge=0, le=8760)] = 48
    fix_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 14
    exempt: tuple[str, ...] = ()


def vote(facts: Facts, options: Options) -> Vote | None:
    """Hold each file from upstream until it is old enough.

    It passes early only as part of the literal fix of a recent advisory: if it came together with that
    release and not later, brings no install-time code that was not served here before, and no weaker
    evidence than its siblings and predecessors. Popularity buys nothing: it is the popular names that
    attackers take over.

    Source: DESIGN section 6.
    """
    if facts.origin is Origin.OWN or any(matches(glob, facts.subject.project) for glob in options.exempt):
        return None
    published, needed = facts[PUBLISHED], options.minimum_age_hours * HOUR
    ready = Instant(published + needed)
    if facts.now >= ready:
        return None
    return _passes_early(facts, options, ready) or hold(NAME, why=_young(facts.now, published, needed), until=ready)


def _passes_early(facts: Facts, options: Options, ready: Instant) -> Vote | None:
    fix = facts[RECENT_FIX]
    if fix is None or facts[JOINED_LATE] or facts[NEW_EXECUTION_POINTS] or facts[WEAKER_EVIDENCE]:
        return None
    end = Instant(fix.published + options.fix_days * DAY)
    if facts.now >= end:
        return None
    return allow(NAME, why=f"fixes {fix.advisory} and so passes the cooldown early", until=min(end, ready))


def _young(now: Instant, published: Instant, needed: int) -> str:
    if published > now:
        return f"is dated in the future; {_needed(needed)} needed from then on"
    return f"is {in_words(now - published)} old; {_needed(needed)} needed"


def _needed(needed: int) -> str:
    hours = needed // HOUR
    return f"{hours} hour is" if hours == 1 else f"{hours} hours are"
