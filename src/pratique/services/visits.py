"""Visits that come from a verb (CLI, management API) and not from a package client."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.errors import NotFound
from pratique.services.ports import Ports, Visit
from pratique.store import repositories
from pratique.store.repositories import Repository


async def visit_repository(ports: Ports, repository: str, ecosystem: str, actor: Actor) -> Visit:
    """A visit to a repository by name. Raises NotFound with the names there are."""
    found = await ports.db.read(find_repository, repository)
    return Visit(actor, found, ports.ecosystems[ecosystem], ports.public_url)


def find_repository(connection: Connection, name: str) -> Repository:
    """The repository of this name. Raises NotFound."""
    known = repositories.repositories(connection)
    found = next((one for one in known if one.name == name), None)
    if found is None:
        raise NotFound(f'there is no repository "{name}"; there is: {", ".join(one.name for one in known) or "none"}')
    return found


def find_repository_by_id(connection: Connection, repository_id: int) -> Repository:
    """The repository of this id, which another row names, so that it must exist."""
    return next(one for one in repositories.repositories(connection) if one.id == repository_id)
