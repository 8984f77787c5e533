"""Visits that come from a verb (CLI, management API) and not from a package client."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind
from pratique.core.errors import NotFound, Unauthorised
from pratique.services.ports import Ports, Visit
from pratique.store import repositories
from pratique.store.repositories import Repository
from pratique.trust.permissions import NEEDS_CREDENTIAL


async def visit_repository(ports: Ports, repository: str, ecosystem: str, actor: Actor) -> Visit:
    """A visit to a repository by name.

    Raises:
        NotFound: there is none; the sentence names those there are.
        Unauthorised: the same, to nobody in particular, who may not know them.
    """
    found = await ports.db.read(find_repository_as, repository, actor)
    return Visit(actor, found, ports.ecosystems[ecosystem], ports.public_url)


def find_repository_as(connection: Connection, name: str, actor: Actor) -> Repository:
    """The repository of this name; to nobody an unknown one is like one without anonymous read.

    Raises:
        NotFound, Unauthorised: as for `visit_repository`.
    """
    try:
        return find_repository(connection, name)
    except NotFound:
        if actor.kind is ActorKind.NOBODY:
            raise Unauthorised(NEEDS_CREDENTIAL) from None
        raise


def find_repository(connection: Connection, name: str) -> Repository:
    """The repository of this name, for whoever may know which there are. Raises NotFound."""
    known = repositories.repositories(connection)
    found = next((one for one in known if one.name == name), None)
    if found is None:
        raise NotFound(f'there is no repository "{name}"; there is: {", ".join(one.name for one in known) or "none"}')
    return found


def find_repository_by_id(connection: Connection, repository_id: int) -> Repository:
    """The repository of this id, which another row names, so that it must exist."""
    return next(one for one in repositories.repositories(connection) if one.id == repository_id)
