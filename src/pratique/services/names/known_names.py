"""Which of many names are ours, reserved, public, or nobody's; no upstream hears of one without leave."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.artifacts import Origin
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import BadUpstream, Invalid, InvalidName, UpstreamRefused
from pratique.core.names import ProjectKey
from pratique.naming.private_names import is_known
from pratique.rules.globs import reservation_of
from pratique.services.changes import permit_everywhere
from pratique.services.judging.sources import TooManyTwins, exists_upstream
from pratique.services.name_globs import ecosystem_named
from pratique.services.ports import Ports
from pratique.services.visits import find_repository
from pratique.store import policy, projects

MAX_NAMES = 2_000
MAX_REQUEST = 1 << 20
_AT_ONCE = 4

Name = Annotated[str, msgspec.Meta(max_length=512)]
Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=MAX_NAMES)]


class LookUpNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask what is known of names.

    Attributes:
        names: to look up here.
        ask: those among them of which upstreams may hear, if nothing is known of them here.
    """

    ecosystem: str
    names: Names
    ask: Names = ()
    repository: str = "main"


class NameState(StrEnum):
    """What is known of a name.

    `UNKNOWN`: nothing, as nobody was asked. `UNCLEAR`: an upstream could not be asked.
    """

    OWN = "own"
    RESERVED = "reserved"
    PUBLIC = "public"
    FREE = "free"
    UNKNOWN = "unknown"
    UNCLEAR = "unclear"
    INVALID = "invalid"


class NamesKnown(msgspec.Struct, frozen=True):
    """What is known, by name as it was asked."""

    states: dict[str, NameState]


async def look_up_names(ports: Ports, request: LookUpNames, actor: Actor) -> NamesKnown:
    """Look names up, for administrators only: the answer tells which names are private.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: the actor may not know.
        Invalid: there is no such ecosystem, or `ask` holds what `names` does not.
        NotFound: there is no such repository.
    """
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    ecosystem = ecosystem_named(ports.ecosystems, request.ecosystem)
    if not set(request.ask) <= set(request.names):
        raise Invalid("`ask` holds a name that is not among `names`")
    keys = {name: key for name in request.names if (key := _key(ecosystem, name)) is not None}
    repository = await ports.db.read(find_repository, request.repository)
    states = dict.fromkeys(request.names, NameState.INVALID)
    states |= await ports.db.read(_here, repository.id, ecosystem, keys)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def ask(name: str) -> None:
        async with turns:
            states[name] = await _asked(ports, repository.id, keys[name])

    await asyncio.gather(*(ask(name) for name in request.ask if states[name] is NameState.UNKNOWN))
    return NamesKnown(states)


def _key(ecosystem: Ecosystem, name: str) -> ProjectKey | None:
    try:
        return ProjectKey(ecosystem.id, ecosystem.canonical(name))
    except InvalidName:
        return None


def _here(
    connection: Connection, repository_id: int, ecosystem: Ecosystem, keys: Mapping[str, ProjectKey]
) -> dict[str, NameState]:
    reserved = policy.reservations(connection, repository_id, ecosystem.id)
    twins = {name: ecosystem.twin_key(key.name) for name, key in keys.items()}
    origins = projects.origins_of_twins(connection, repository_id, ecosystem.id, sorted(set(twins.values())))

    def state(key: ProjectKey, twin: str) -> NameState:
        if origins.get(twin) is Origin.OWN:
            return NameState.OWN
        if reservation_of(key, reserved, ecosystem.twin_key) is not None:
            return NameState.RESERVED
        public = twin in origins or is_known(key.ecosystem, key.name)
        return NameState.PUBLIC if public else NameState.UNKNOWN

    return {name: state(key, twins[name]) for name, key in keys.items()}


async def _asked(ports: Ports, repository_id: int, key: ProjectKey) -> NameState:
    try:
        exists = await exists_upstream(ports, repository_id, key.ecosystem, key)
    except TooManyTwins:
        return NameState.FREE
    except UpstreamRefused:
        return NameState.PUBLIC
    except BadUpstream:
        return NameState.UNCLEAR
    return NameState.PUBLIC if exists else NameState.FREE
