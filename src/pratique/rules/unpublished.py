"""Refuse own releases that their publishers took away."""

from __future__ import annotations

from pratique.core.artifacts import Origin
from pratique.core.clock import to_iso
from pratique.core.decisions import Vote
from pratique.core.facts import UNPUBLISHED, Facts
from pratique.rules.contract import Needs, NoOptions, deny

NAME = "unpublished"
NEEDS: Needs = (UNPUBLISHED,)
BY_FACTS = True


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Deny for ever what its publishers unpublished, with the date, so that nobody takes it for a mistake of ours.

    Source: docs/adr/0011.
    """
    when = facts[UNPUBLISHED]
    if facts.origin is not Origin.OWN or when is None:
        return None
    return deny(NAME, why=f"was unpublished by its publishers on {to_iso(when)[:10]}")
