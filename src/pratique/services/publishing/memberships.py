"""Which projects an account has a role in, and whether there is such an account: for people, not for probing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from pratique.core.actors import ActorKind, Operation
from pratique.core.errors import Unauthorised
from pratique.services.accounts.accounts import account_named
from pratique.services.judging.reader import reader_of
from pratique.services.ports import Ports, Visit
from pratique.store import accounts, projects
from pratique.store.projects import Reader
from pratique.trust.permissions import NEEDS_CREDENTIAL, authorise_somewhere

_AT_MOST = 10_000


async def list_memberships(ports: Ports, visit: Visit, user: str) -> Mapping[str, str]:
    """Name to role of every own project of the ecosystem that the account has a role in and the actor may know of.

    Empty for an account that is not there, as for one without projects.

    Raises:
        Unauthorised, Forbidden: nobody in particular asks, or the actor may not read here.
    """
    if visit.actor.kind is ActorKind.NOBODY:
        raise Unauthorised(NEEDS_CREDENTIAL)
    reader = reader_of(visit, ports.clock.now())
    return await ports.db.read(_memberships, visit.repository.id, visit.ecosystem.id, user, reader)


async def find_account(ports: Ports, visit: Visit, user: str) -> str:
    """The name of an account, for whoever may change members somewhere, or asks about their own.

    Raises:
        NotFound: there is none.
        Unauthorised, Forbidden: the actor may not know which accounts there are.
    """
    if visit.actor.account is None or visit.actor.name != user:
        authorise_somewhere(visit.actor, Operation.MEMBERS, ports.clock.now())
    return (await ports.db.read(account_named, user)).name


def _memberships(
    connection: Connection, repository_id: int, ecosystem: str, user: str, reader: Reader
) -> Mapping[str, str]:
    account = accounts.find_by_name(connection, user)
    if account is None:
        return {}
    return projects.of_member(connection, repository_id, ecosystem, account.id, reader, _AT_MOST)
