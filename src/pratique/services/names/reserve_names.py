"""Reserve several names with one command: what agents ask for in vain, what an audit found."""

from __future__ import annotations

from typing import Annotated

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.errors import Invalid
from pratique.core.names import ProjectKey
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import permit, permit_on
from pratique.services.name_globs import canonical_glob, ecosystem_named
from pratique.services.names.reservations import ReservationShown, check_reservable, record_reservation
from pratique.services.ports import Ports
from pratique.services.reasons import read_reason
from pratique.services.visits import find_repository
from pratique.store import policy

MAX_AT_ONCE = 500


class ReserveNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keep several names for own projects.

    Attributes:
        names: names, prefixes or scopes, as for one reservation.
        found: the names were found and not typed: `*` is then no pattern that anybody asked for, and nothing is
            reserved if one of them holds it.
    """

    ecosystem: str
    names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MAX_AT_ONCE)]
    reason: str = ""
    repository: str = "main"
    found: bool = False


class NamesReserved(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        reserved: now, in order.
        already: what was reserved before.
    """

    reserved: tuple[ReservationShown, ...]
    already: tuple[str, ...]


async def reserve_names(ports: Ports, request: ReserveNames, actor: Actor) -> NamesReserved:
    """Reserve all of them, or none if one cannot be.

    Raises:
        InvalidName: the ecosystem has no such names.
        Invalid: a pattern would reserve every name, there are too many, or one that was found holds `*`.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again.
    """
    now = ports.clock.now()
    permit(actor, Operation.POLICY, now)
    ecosystem = ecosystem_named(ports.ecosystems, request.ecosystem)
    if request.found and (odd := next((name for name in request.names if "*" in name), None)) is not None:
        raise Invalid(f'"{odd[:100]}" would reserve every name of that form; it was found, and is no name to reserve')
    patterns = tuple(dict.fromkeys(canonical_glob(ecosystem, name) for name in request.names))
    for pattern in patterns:
        permit_on(actor, Operation.POLICY, ProjectKey(ecosystem.id, pattern), now)
        check_reservable(pattern)
    reason = read_reason(request.reason)
    wanted = tuple(ReservationShown(ecosystem.id, pattern, reason, request.repository) for pattern in patterns)
    return await write_as(ports.db, actor, now, _reserve_all, wanted, actor, now)


def _reserve_all(
    connection: Connection, wanted: tuple[ReservationShown, ...], actor: Actor, now: Instant
) -> NamesReserved:
    first = wanted[0]
    repository = find_repository(connection, first.repository)
    known = {one.pattern for one in policy.reservations(connection, repository.id, first.ecosystem)}
    new = tuple(one for one in wanted if one.pattern not in known)
    made = tuple(record_reservation(connection, one, actor, now) for one in new)
    return NamesReserved(made, tuple(one.pattern for one in wanted if one.pattern in known))
