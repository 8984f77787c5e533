"""Keep reserved names for own projects: nothing public is served under them."""

from __future__ import annotations

from pratique.core.artifacts import Origin
from pratique.core.decisions import Vote
from pratique.core.facts import RESERVATION, Facts
from pratique.rules.contract import Needs, NoOptions, deny

NAME = "reserved_name"
NEEDS: Needs = (RESERVATION,)
BY_FACTS = True


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Deny a reserved name unless the project is our own; an unknown project is not asked for upstream.

    Source: README, "What it refuses by default"; against dependency confusion.
    """
    if facts.origin is Origin.OWN:
        return None
    reservation = facts[RESERVATION]
    if reservation is None:
        return None
    reason = f" ({reservation.reason})" if reservation.reason else ""
    return deny(NAME, why=f"is reserved for own projects{reason} and is not taken from a public registry")
