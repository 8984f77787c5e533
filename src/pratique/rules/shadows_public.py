"""Refuse a new own project that would take the name of a public one."""

from __future__ import annotations

from pratique.core.actors import Actor, ActorKind
from pratique.core.artifacts import Origin
from pratique.core.clock import MINUTE, Instant
from pratique.core.decisions import Vote
from pratique.core.facts import POPULARITY, PUBLIC_EXISTS, RESERVATION, SERVED_BEFORE, Facts
from pratique.rules.contract import PUBLISH, Needs, NoOptions, allow, deny

NAME = "shadows_public"
NEEDS: Needs = (RESERVATION, POPULARITY, SERVED_BEFORE, PUBLIC_EXISTS)
MOMENTS = PUBLISH

STEP_UP_LASTS = 5 * MINUTE
_WAY_OUT = "must be reserved or published by an admin first"
"""What to do comes before the reason: a long sentence is cut at its end."""


def sees(actor: Actor, _options: NoOptions) -> str:
    """Whether this rule takes the actor for the operator, or until when for an admin with the password given."""
    if actor.kind is ActorKind.OPERATOR:
        return "operator"
    end = _step_up_ends(actor)
    return "other" if end is None else f"admin until {end}"


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Deny a name that exists upstream, was served from there, or is popular.

    Inside a reservation it may become own, and an admin who just gave the password again (or the
    operator on the data folder) may make it own. The upstream is asked last, so never about reserved
    names; where it cannot be asked the fact is absent, and the publish is denied.

    Source: README, "What it refuses by default".
    """
    if facts.origin is Origin.OWN or facts[RESERVATION] is not None:
        return None
    if facts.actor.kind is ActorKind.OPERATOR:
        return None
    if (end := _step_up_ends(facts.actor)) is not None and facts.now < end:
        return allow(NAME, why="is published by an admin who gave the password again", until=end)
    if facts[POPULARITY] is not None:
        return deny(NAME, why=f"{_WAY_OUT}: it is the name of a popular public project")
    if facts.origin is Origin.UPSTREAM or facts[SERVED_BEFORE]:
        return deny(NAME, why=f"{_WAY_OUT}: it was served here from a public registry")
    if facts[PUBLIC_EXISTS]:
        return deny(NAME, why=f"{_WAY_OUT}: it is the name of a public project")
    return None


def _step_up_ends(actor: Actor) -> Instant | None:
    if not actor.admin or actor.stepped_up_at is None:
        return None
    return Instant(actor.stepped_up_at + STEP_UP_LASTS)
