"""Hold what a scan would keep away, for as long as a release is young enough that others may not have noticed yet."""

from __future__ import annotations

from typing import Annotated

import msgspec

from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, Instant
from pratique.core.decisions import Mode, Vote
from pratique.core.facts import PUBLISHED, SCAN_RESULT, Facts
from pratique.core.scans import ScanResult, Verdict
from pratique.rules import contract
from pratique.rules.contract import Needs, hold, warn

NAME = "scan_result"
NEEDS: Needs = (SCAN_RESULT, PUBLISHED)
STARTS = Mode.DRY_RUN


class Options(contract.Options, frozen=True):
    """Settings of this rule.

    Attributes:
        young_for_days: releases of upstreams are scanned before they are served, and held, for so long after they were
            published; whoever installs an older one is warned of what is known.
        held_for_days: after the last scan that found something; then whoever installs it is warned.
    """

    young_for_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 30
    held_for_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 14


def vote(facts: Facts, options: Options) -> Vote | None:
    """Hold what a scan would quarantine or could not look at to its end; warn of what a person should look at.

    An own release is held until a person has decided: it has no other readers who would notice. Of an upstream's, time
    and other people tell more than the scan does.

    Source: README, "What it refuses by default"; docs/adr/0027.
    """
    result = facts[SCAN_RESULT]
    if result is None or result.verdict is Verdict.CLEAR:
        return None
    blocks = result.verdict is Verdict.QUARANTINE or not result.finished
    if facts.origin is Origin.OWN:
        return hold(NAME, why=_why(result)) if blocks else warn(NAME, why=_why(result))
    until = min(
        Instant(facts[PUBLISHED] + options.young_for_days * DAY),
        Instant(result.at + options.held_for_days * DAY),
    )
    if blocks and facts.now < until:
        return hold(NAME, why=_why(result), until=until)
    return warn(NAME, why=_why(result))


def _why(result: ScanResult) -> str:
    if not result.finished:
        return f"could not be scanned to its end: {result.told_to_clients}"
    if result.verdict is Verdict.QUARANTINE:
        return f"looks harmful: {result.told_to_clients}"
    return f"does what a person should look at: {result.told_to_clients}"
