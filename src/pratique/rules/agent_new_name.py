"""Keep agents from installing names that nobody knew before: the ones that models invent."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from pratique.core.actors import Actor, ActorKind
from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, Instant, in_words
from pratique.core.decisions import EntryKind, ListEntry, Mode, Vote
from pratique.core.facts import (
    ASKED_BEFORE_EXISTED,
    FIRST_PUBLISHED,
    INVENTED,
    LIST_ENTRIES,
    NOWHERE,
    POPULARITY,
    SERVED_BEFORE,
    Facts,
)
from pratique.rules import contract
from pratique.rules.contract import Needs, allow, hold, warn
from pratique.rules.globs import in_force, last_end

NAME = "agent_new_name"
NEEDS: Needs = (ASKED_BEFORE_EXISTED, INVENTED, POPULARITY, SERVED_BEFORE, LIST_ENTRIES, NOWHERE, FIRST_PUBLISHED)
STARTS = Mode.DRY_RUN


class Options(contract.Options, frozen=True):
    """Settings of this rule.

    Attributes:
        known_for_days: a name first published so long ago is no new name.
        treat_as_agent: further kinds of actor that are held to the same.
    """

    known_for_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 90
    treat_as_agent: Annotated[tuple[Literal["nobody", "ci"], ...], msgspec.Meta(max_length=2)] = ()


def sees(actor: Actor, options: Options) -> str:
    """Whether this rule takes the actor for an agent."""
    return "agent" if actor.kind in (ActorKind.AGENT.value, *options.treat_as_agent) else "other"


def vote(facts: Facts, options: Options) -> Vote | None:
    """Hold new names for agents; warn others of a name that was asked for before it existed.

    Somebody who waits for an invented name to be asked for and then registers it is the attack this
    is about, so neither popularity nor an earlier download excuses such a name. Nor does an earlier
    download excuse one that is known to be invented; a popular one is not. Any other name goes
    on for an agent if it is popular, was served here before, is granted, or is old enough. An agent that is told
    of a missing name that it is missing guesses on; it is held as well.

    Source: README, "What it refuses by default".
    """
    if facts.origin is Origin.OWN:
        return None
    agent = sees(facts.actor, options) == "agent"
    why = _waited_for(facts)
    if why:
        return hold(NAME, why=f"{why}; a person must approve it") if agent else warn(NAME, why=why)
    if not agent or facts[POPULARITY] is not None or facts[SERVED_BEFORE]:
        return None
    grants = [
        entry for entry in in_force(facts[LIST_ENTRIES], EntryKind.GRANT, facts.now) if facts.in_range(entry.versions)
    ]
    return _granted(grants) if grants else _new(facts, options)


def _waited_for(facts: Facts) -> str:
    """Why somebody may have waited for this name to be asked for; empty if nothing says so."""
    if facts[ASKED_BEFORE_EXISTED] is not None:
        return "was asked for here before it existed"
    feeds = facts[INVENTED]
    return f"is a name that models invent ({feeds[0]})" if feeds and facts[POPULARITY] is None else ""


def _granted(grants: list[ListEntry]) -> Vote | None:
    end = last_end(entry.expires for entry in grants)
    return None if end is None else allow(NAME, why="is granted to agents", until=end)


def _new(facts: Facts, options: Options) -> Vote | None:
    nowhere = facts[NOWHERE]
    if nowhere is not None:
        return hold(NAME, why=f"does not exist ({nowhere.hint})" if nowhere.hint else "does not exist")
    first = facts[FIRST_PUBLISHED]
    known = Instant(first + options.known_for_days * DAY)
    if facts.now >= known:
        return None
    age = in_words(facts.now - first)
    return hold(
        NAME, why=f"is a new name ({age} old); agents need {options.known_for_days} days or approval", until=known
    )
