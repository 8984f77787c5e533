"""Hold a release that a scan or a report speaks against, until a person has looked at it."""

from __future__ import annotations

from pratique.core.decisions import Mode, Vote
from pratique.core.facts import RELEASE_HELD, Facts
from pratique.rules.contract import Needs, NoOptions, hold

NAME = "under_review"
NEEDS: Needs = (RELEASE_HELD,)
STARTS = Mode.DRY_RUN
BY_FACTS = True


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Hold what is in quarantine until a person decides, and what somebody trusted reported for a time.

    Source: docs/adr/0028.
    """
    held = facts[RELEASE_HELD]
    if held is None or (held.until is not None and facts.now >= held.until):
        return None
    return hold(NAME, why=held.why, until=held.until)
