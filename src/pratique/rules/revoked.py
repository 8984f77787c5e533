"""Refuse what was revoked here: a project, a release or one file."""

from __future__ import annotations

from pratique.core.clock import to_iso
from pratique.core.decisions import Vote
from pratique.core.facts import REVOCATIONS, Facts
from pratique.rules.contract import EVERY_MOMENT, Needs, NoOptions, deny

NAME = "revoked"
NEEDS: Needs = (REVOCATIONS,)
MOMENTS = EVERY_MOMENT


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Deny for ever what a revocation covers, own and upstream's alike.

    Source: DESIGN section 6.
    """
    covering = next((one for one in facts[REVOCATIONS] if one.covers(facts.subject, facts.version_key)), None)
    if covering is None:
        return None
    reason = f": {covering.reason}" if covering.reason else ""
    return deny(NAME, why=f"was revoked on {to_iso(covering.at)[:10]}{reason}")
