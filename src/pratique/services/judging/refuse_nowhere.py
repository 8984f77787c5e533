"""Names that nobody has, for actors whom policy keeps from guessing on."""

from __future__ import annotations

from pratique.core.errors import NotFound
from pratique.core.refused import NowhereRefused
from pratique.services.judging.judge import decide_nowhere, inquire, refuse
from pratique.services.judging.knowledge import Knowledge
from pratique.services.ports import Ports, Visit
from pratique.services.shares import share_of
from pratique.store import missing

KEPT_OF_ONE_ASKER = 5_000
"""Missing names; of further ones the sentence is told all the same, and no page explains it."""


async def refuse_nowhere(ports: Ports, visit: Visit, known: Knowledge, unknown: NotFound) -> None:
    """Raise what this actor is told of a name that is nobody's, or that it may not know of: the same for both.

    Raises:
        NowhereRefused: policy keeps it from such names.
        Refused: policy refuses the name itself, whoever has it.
        NotFound: it does not.
    """
    inquiry = inquire(ports, visit, known)
    named, decision = decide_nowhere(inquiry)
    if named.action.refuses_download:
        await refuse(ports, visit, inquiry, named, ())
    if not decision.action.refuses_download:
        raise unknown
    asker = share_of(visit.actor, visit.caller.address)
    if not await ports.db.read(missing.holds_more, asker, KEPT_OF_ONE_ASKER):
        await ports.decisions.remember(known.repository_id, known.key, (decision,), inquiry.now, ())
    raise NowhereRefused(decision, (), visit.explain_url(decision.id)) from unknown
