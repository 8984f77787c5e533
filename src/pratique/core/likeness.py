"""What a name could be taken for, and what a person has still to say about it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Likeness(msgspec.Struct, frozen=True):
    """Known names that another one resembles.

    Attributes:
        verdict: `note`, `review` or `hold`.
        kind: in what way.
        score: thousandths; 1,000 is certain.
        targets: the likeliest first.
        why: one sentence.
    """

    verdict: str
    kind: str
    score: int
    targets: tuple[str, ...]
    why: str


class ReviewState(StrEnum):
    """How far a person has come with a new name."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class NameReview(msgspec.Struct, frozen=True):
    """What keeps the releases of an own project back: its name waits for a person, or was refused.

    Attributes:
        state: waiting or refused.
        told: what it could be taken for, said so that everybody may read it.
        reason: why it was refused.
    """

    state: ReviewState
    told: str
    reason: str = ""
