"""Names that are ours: what clients should exempt from age gates of their own."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.errors import PratiqueError
from pratique.core.globs import glob_matches
from pratique.core.names import ProjectKey
from pratique.services.name_globs import ecosystem_named
from pratique.services.ports import Ports
from pratique.services.visits import find_repository_as
from pratique.store import policy, projects
from pratique.store.projects import Project
from pratique.store.repositories import Repository
from pratique.trust.permissions import authorise

_AT_MOST = 2_000
"""Own projects looked at; whoever has more reserves a scope or prefix."""


class ListOwnNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask which names of an ecosystem are ours, as far as the asker may know them."""

    ecosystem: str
    repository: str = "main"


class OwnNames(msgspec.Struct, frozen=True):
    """What is ours.

    Attributes:
        names: names and globs, sorted; a name that a glob covers is left out.
        projects: all names without globs, sorted, for clients that know no globs.
    """

    names: tuple[str, ...]
    projects: tuple[str, ...] = ()


async def list_own_names(ports: Ports, request: ListOwnNames, actor: Actor) -> OwnNames:
    """Own projects that the actor may read, and reserved patterns that cover one of them.

    A pattern alone can give away what is not public yet: administrators see all of them, other accounts those
    under which they know a project, nobody in particular sees none.

    Raises:
        Unauthorised: nobody asks, and the repository lets nobody read.
        NotFound: there is no such repository.
        Invalid: there is no such ecosystem.
    """
    ecosystem = ecosystem_named(ports.ecosystems, request.ecosystem)
    repository = await ports.db.read(find_repository_as, request.repository, actor)
    reads = _reader(actor, repository, ports.clock.now())
    reads(None, None, None)
    patterns, own = await ports.db.read(_read, repository, ecosystem.id, actor)
    names = {project.key.name for project, role in own if _readable(reads, project, role)}
    if not actor.admin:
        patterns = tuple(one for one in patterns if any(glob_matches(one, name) for name in names))
    singles = {name for name in names if not any(glob_matches(pattern, name) for pattern in patterns)}
    return OwnNames(tuple(sorted(singles | set(patterns))), tuple(sorted(names)))


def _reader(
    actor: Actor, repository: Repository, now: Instant
) -> Callable[[ProjectKey | None, str | None, str | None], None]:
    def read(project: ProjectKey | None, role: str | None, visibility: str | None) -> None:
        anonymous = repository.anonymous_read
        authorise(actor, Operation.READ, project, role=role, visibility=visibility, anonymous_read=anonymous, now=now)

    return read


def _readable(
    read: Callable[[ProjectKey | None, str | None, str | None], None], project: Project, role: str | None
) -> bool:
    try:
        read(project.key, role, project.visibility)
    except PratiqueError:
        return False
    return True


def _read(
    connection: Connection, repository: Repository, ecosystem: str, actor: Actor
) -> tuple[tuple[str, ...], tuple[tuple[Project, str | None], ...]]:
    found = projects.projects_of(connection, repository.id, Origin.OWN, ecosystem, _AT_MOST)
    with_roles = tuple(
        (one, None if actor.account is None else projects.role_of(connection, one.id, actor.account)) for one in found
    )
    known = actor.account is not None or actor.admin
    reserved = policy.reservations(connection, repository.id, ecosystem) if known else ()
    return tuple(one.pattern for one in reserved), with_roles
