"""Hide what the upstream lists no more, and keep it for those who pinned it."""

from __future__ import annotations

from pratique.core.artifacts import Origin
from pratique.core.decisions import Action, Vote
from pratique.core.facts import GONE_UPSTREAM, Facts
from pratique.rules.contract import Needs, NoOptions

NAME = "gone_upstream"
NEEDS: Needs = (GONE_UPSTREAM,)
BY_FACTS = True


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Hide a file that stands here only because its bytes are stored.

    Whoever takes over a project may remove its good releases to push everybody to a bad one: a
    lockfile that pins them still gets the bytes. No new resolution picks what the upstream took back.

    Source: docs/adr/0005.
    """
    if facts.origin is Origin.OWN or not facts[GONE_UPSTREAM]:
        return None
    return Vote(NAME, Action.HIDE, "was removed upstream; only pinned downloads get the copy kept here")
