"""Hold what could be taken for something else: new own names until a person has looked, upstream ones for a time."""

from __future__ import annotations

from typing import Annotated

import msgspec

from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, Instant, in_words
from pratique.core.decisions import Mode, Vote
from pratique.core.facts import FIRST_PUBLISHED, FIRST_SEEN, NAME_REVIEW, RESEMBLES, Facts
from pratique.core.likeness import NameReview, ReviewState
from pratique.rules import contract
from pratique.rules.contract import EVERY_MOMENT, Needs, deny, hold, warn

NAME = "similar_name"
NEEDS: Needs = (NAME_REVIEW, RESEMBLES, FIRST_PUBLISHED, FIRST_SEEN)
MOMENTS = EVERY_MOMENT
STARTS = Mode.DRY_RUN
BY_FACTS = True


class Options(contract.Options, frozen=True):
    """Settings of this rule.

    Attributes:
        known_for_days: an upstream's name first published so long ago is no new name; no older one is looked at.
        held_for_days: from the day on which this server first saw it; then whoever installs it is warned.
    """

    known_for_days: Annotated[int, msgspec.Meta(ge=0, le=180)] = 180
    held_for_days: Annotated[int, msgspec.Meta(ge=0, le=180)] = 14


def vote(facts: Facts, options: Options) -> Vote | None:
    """Hold an own project whose name waits for a person, and deny one whose name was refused.

    Of an upstream's only names are questioned that came up of late and that something is like which is far more
    popular: of an old one people have found out, and among the popular ones everything is like something.

    Source: README, "What it refuses by default"; docs/adr/0023.
    """
    review = facts[NAME_REVIEW]
    if review is not None:
        return _of_review(review)
    if facts.origin is Origin.OWN:
        return None
    likeness = facts[RESEMBLES]
    return None if likeness is None else _of_upstream(facts, options, likeness.targets[0])


def _of_review(review: NameReview) -> Vote:
    if review.state is ReviewState.REFUSED:
        return deny(NAME, why=f"has a name that a person refused{f': {review.reason}' if review.reason else ''}")
    return hold(NAME, why=f"waits for a person to look at its name: {review.told}")


def _of_upstream(facts: Facts, options: Options, target: str) -> Vote | None:
    first = facts[FIRST_PUBLISHED]
    known = Instant(first + options.known_for_days * DAY)
    looked_at = Instant(facts[FIRST_SEEN] + options.held_for_days * DAY)
    if facts.now >= known:
        return None
    why = f"is new: did you mean {target}? Its name is {in_words(facts.now - first)} old"
    if facts.now < looked_at:
        return hold(NAME, why=why, until=min(known, looked_at))
    return warn(NAME, why=why, until=known)
