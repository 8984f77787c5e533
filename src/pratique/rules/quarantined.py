"""Refuse everything of a project that is quarantined as a whole."""

from __future__ import annotations

from pratique.core.decisions import Vote
from pratique.core.facts import PROJECT_STATUS, Facts
from pratique.rules.contract import Needs, NoOptions, deny

NAME = "quarantined"
NEEDS: Needs = (PROJECT_STATUS,)
BY_FACTS = True


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Deny every file, own and upstream's, those that are stored here among them.

    An index that quarantines a project lists no file of it any more, which by itself would only hide the copies
    kept here; this index says why.

    Source: PEP 792, "quarantined".
    """
    status = facts[PROJECT_STATUS]
    if not status.is_quarantined:
        return None
    what = "is quarantined" if facts.subject.version is None else "is of a quarantined project"
    return deny(NAME, why=f"{what}{f': {status.reason}' if status.reason else ''}")
