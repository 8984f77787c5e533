"""What a person has still to say about a release, and what they said."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pratique.core.clock import Instant


class CaseState(StrEnum):
    """How far people have come with a release that somebody or something thinks harmful."""

    WAITING = "waiting"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"


class Suspicion(StrEnum):
    """What the strongest word against a release is: a scan's verdict, or that it was reported."""

    REPORTED = "reported"
    REVIEW = "review"
    QUARANTINE = "quarantine"

    def or_stronger(self, other: Suspicion) -> Suspicion:
        """The stronger of two."""
        order = list(Suspicion)
        return max(self, other, key=order.index)


class HeldForReview(msgspec.Struct, frozen=True):
    """What keeps a release back until a person has looked at it.

    Attributes:
        why: a clause that follows the release (`is in quarantine: ...`), shown to all who may see the release.
        until: when it ends by itself; None: only a person ends it.
    """

    why: str
    until: Instant | None = None
