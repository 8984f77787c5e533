"""Which names somebody may know of, as one question about all of a repository's projects."""

from __future__ import annotations

from pratique.core.actors import Operation, TokenScope
from pratique.core.clock import Instant
from pratique.services.ports import Visit
from pratique.store import projects
from pratique.trust.permissions import authorise


def reader_of(visit: Visit, now: Instant) -> projects.Reader:
    """What `admit_reader` asks of a single project, as a question about all of them.

    Raises:
        Unauthorised, Forbidden: the actor may not read in the repository at all.
    """
    actor, open_to_all = visit.actor, visit.repository.anonymous_read
    authorise(actor, Operation.READ, None, role=None, visibility=None, anonymous_read=open_to_all, now=now)
    scope = actor.scope
    names = ("*",) if scope is None else scope.names
    if scope is not None and (Operation.READ not in scope.operations or not _reaches(scope, visit.ecosystem.id)):
        names = ()
    return projects.Reader(actor.account, actor.admin, names, open_to_all)


def _reaches(scope: TokenScope, ecosystem: str) -> bool:
    return not scope.ecosystems or ecosystem in scope.ecosystems
