"""What was asked for here while nobody had it: names that models invent, and private ones that went astray.

Private names count as well where somebody asked for them who may not know of them.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant, to_iso
from pratique.services.changes import permit_everywhere
from pratique.services.durations import read_duration
from pratique.services.name_globs import ecosystem_named
from pratique.services.ports import Ports
from pratique.services.visits import find_repository
from pratique.store import missing


class ListMissingNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask which names were asked for in vain.

    Attributes:
        ecosystem: only of this one.
        actor_kind: only what this kind of actor asked for.
        since: only what was asked for so lately, like `7d`.
        limit: names at most, those that most askers want first.
    """

    ecosystem: str | None = None
    actor_kind: ActorKind | None = None
    since: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 100
    repository: str = "main"


class MissingNameShown(msgspec.Struct, frozen=True):
    """A name that does not exist, as one kind of actor asked for it.

    Attributes:
        first: when for the first time, RFC 3339.
        last: when for the last time, RFC 3339.
        count: how often.
        askers: by how many accounts, tokens or addresses.
    """

    ecosystem: str
    name: str
    actor_kind: str
    first: str
    last: str
    count: int
    askers: int


class MissingNames(msgspec.Struct, frozen=True):
    """Names asked for in vain."""

    names: tuple[MissingNameShown, ...]


async def list_missing_names(ports: Ports, request: ListMissingNames, actor: Actor) -> MissingNames:
    """The history of missing names. It tells private ones, too, and so is shown to administrators only.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: the actor may not see it.
        Invalid: there is no such ecosystem, or the duration cannot be read.
        NotFound: there is no such repository.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.POLICY, now)
    ecosystem = None if request.ecosystem is None else ecosystem_named(ports.ecosystems, request.ecosystem).id
    since = Instant(0 if request.since is None else max(0, now - read_duration(request.since)))
    found = await ports.db.read(_list, request, ecosystem, since)
    return MissingNames(tuple(_shown(one) for one in found))


def _list(
    connection: Connection, request: ListMissingNames, ecosystem: str | None, since: Instant
) -> tuple[missing.MissingName, ...]:
    repository = find_repository(connection, request.repository)
    kind = None if request.actor_kind is None else request.actor_kind.value
    return missing.most_asked(
        connection, repository.id, ecosystem=ecosystem, actor_kind=kind, since=since, limit=request.limit
    )


def _shown(one: missing.MissingName) -> MissingNameShown:
    times = {"first": to_iso(one.first), "last": to_iso(one.last)}
    return MissingNameShown(**{**msgspec.structs.asdict(one), **times})
