"""Which advisories concern the projects that somebody asks about.

Nothing is asked upstream: what people have installed is nobody's business outside.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from pratique.core.actors import Operation
from pratique.core.clock import Instant
from pratique.core.errors import NotFound
from pratique.core.names import ProjectKey
from pratique.services.ports import Visit
from pratique.store import advisories, projects
from pratique.store.advisories import StoredAdvisory
from pratique.store.projects import Standing
from pratique.trust.permissions import authorise


def public_records(
    connection: Connection, visit: Visit, names: Sequence[str], now: Instant
) -> dict[str, tuple[StoredAdvisory, ...]]:
    """Records in force by canonical name, for whoever may read these projects.

    Records speak of public registries, so that an own project has none (ADR 7). Whoever may not know of it hears
    what is said of the public name, as if there were no own one.

    Raises:
        Unauthorised, Forbidden: the actor may not read in this repository, or its token does not reach a name.
    """
    own = projects.own_among(connection, visit.repository.id, visit.ecosystem.id, names, visit.actor.account)
    theirs = [name for name in names if not _is_own(visit, name, own.get(name), now)]
    return advisories.about_names(connection, visit.ecosystem.id, theirs)


def _is_own(visit: Visit, name: str, own: Standing | None, now: Instant) -> bool:
    """Whether the name is an own project's of which the actor may know. Raises as `public_records`."""
    try:
        authorise(
            visit.actor,
            Operation.READ,
            ProjectKey(visit.ecosystem.id, name),
            role=own.role if own else None,
            visibility=own.visibility if own else None,
            anonymous_read=visit.repository.anonymous_read,
            now=now,
        )
    except NotFound:
        return False
    return own is not None
