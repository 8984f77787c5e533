"""Settings about releases that people look at."""

from __future__ import annotations

import msgspec

from pratique.settings.quantities import Duration

DAY = 86_400.0


class ReviewSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How far reports go, and what takes two people.

    Attributes:
        anonymous_reports: nobody in particular may report what everybody may read.
        reports_a_day: of one account, or of one network of nobody in particular.
        newcomer_for: so long an account counts as new, and its word for little.
        hold_for: the report of somebody trusted keeps a release back so long, then it is offered again.
        holds_each: releases that one trusted reporter may keep back at the same time.
        two_people_from: a release that was downloaded here so often within thirty days, or that is among the most
            used of its ecosystem, takes two people to decide on; 0: one is always enough.
    """

    anonymous_reports: bool = False
    reports_a_day: int = 50
    newcomer_for: Duration = Duration(7 * DAY)
    hold_for: Duration = Duration(DAY)
    holds_each: int = 3
    two_people_from: int = 1_000
