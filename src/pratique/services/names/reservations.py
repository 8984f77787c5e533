"""Names, prefixes and scopes kept for own projects, which no upstream is ever asked for."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.decisions import Reservation
from pratique.core.errors import Invalid, NotFound
from pratique.core.names import ProjectKey
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change, permit, permit_everywhere, permit_on
from pratique.services.name_globs import canonical_glob, ecosystem_named
from pratique.services.names.public_under_reserved import PublicPackage, find_public, tell_public
from pratique.services.ports import Ports
from pratique.services.reasons import read_reason
from pratique.services.visits import find_repository
from pratique.store import policy

MAX_RESERVATIONS = 1_000
"""Patterns in one repository."""


class Reserve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keep a name (`acme-core`), prefix (`acme-*`) or scope (`@acme/*`) for own projects."""

    ecosystem: str
    pattern: str
    reason: str = ""
    repository: str = "main"


class Unreserve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give a reserved pattern free, written as it was reserved."""

    ecosystem: str
    pattern: str
    repository: str = "main"


class ListReservations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List what is reserved."""

    ecosystem: str | None = None
    repository: str = "main"


class ReservationShown(msgspec.Struct, frozen=True):
    """One reserved pattern.

    Attributes:
        public: public packages under it that are known here without asking; nothing is taken from them.
    """

    ecosystem: str
    pattern: str
    reason: str
    repository: str
    public: tuple[PublicPackage, ...] = ()


class Reservations(msgspec.Struct, frozen=True):
    """What is reserved in one repository."""

    reservations: tuple[ReservationShown, ...]


async def reserve(ports: Ports, request: Reserve, actor: Actor) -> ReservationShown:
    """Reserve a pattern.

    Raises:
        InvalidName: the ecosystem has no such names.
        Invalid: the pattern would reserve every name, or there are too many.
        Conflict: it is reserved already.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again.
    """
    now = ports.clock.now()
    permit(actor, Operation.POLICY, now)
    ecosystem = ecosystem_named(ports.ecosystems, request.ecosystem)
    pattern = canonical_glob(ecosystem, request.pattern)
    permit_on(actor, Operation.POLICY, ProjectKey(ecosystem.id, pattern), now)
    reason = read_reason(request.reason)
    check_reservable(pattern)
    shown = ReservationShown(ecosystem.id, pattern, reason, request.repository)
    return await write_as(ports.db, actor, now, record_reservation, shown, actor, now)


def check_reservable(pattern: str) -> None:
    """Refuse what would leave nothing to upstreams. Raises Invalid."""
    if not pattern.strip("*"):
        raise Invalid("this would reserve every name and shut out all upstreams; reserve a name, prefix or scope")


def record_reservation(
    connection: Connection, wanted: ReservationShown, actor: Actor, now: Instant
) -> ReservationShown:
    """Write one reservation and its event, and tell of public packages that stand under it.

    Raises:
        Invalid: there are too many.
        Conflict: it is reserved already.
        NotFound: there is no such repository.
    """
    repository = find_repository(connection, wanted.repository)
    if len(policy.reservations(connection, repository.id)) >= MAX_RESERVATIONS:
        raise Invalid(
            f"{repository.name} holds {MAX_RESERVATIONS:,} reservations, and every request is held against each of "
            "them: reserve a prefix (`acme-*`) or scope (`@acme/*`) in the place of single names"
        )
    new = Reservation(0, wanted.ecosystem, wanted.pattern, wanted.reason)
    policy.add_reservation(connection, repository.id, new, actor.name, now)
    subject = f"{wanted.ecosystem}:{wanted.pattern}"
    body = {"reason": wanted.reason, "repository": repository.name}
    note_change(connection, "reserved", subject, body, actor=actor, now=now, repository_id=repository.id)
    public = find_public(connection, wanted.ecosystem, wanted.pattern)
    tell_public(connection, repository.name, wanted.pattern, public, now)
    return msgspec.structs.replace(wanted, public=public)


async def unreserve(ports: Ports, request: Unreserve, actor: Actor) -> ReservationShown:
    """Give a pattern free.

    Raises:
        NotFound: it is not reserved.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again.
    """
    now = ports.clock.now()
    permit(actor, Operation.POLICY, now)
    ecosystem = ecosystem_named(ports.ecosystems, request.ecosystem)
    pattern = canonical_glob(ecosystem, request.pattern)
    permit_on(actor, Operation.POLICY, ProjectKey(ecosystem.id, pattern), now)
    return await write_as(ports.db, actor, now, _unreserve, request.repository, ecosystem.id, pattern, actor, now)


def _unreserve(
    connection: Connection, repository_name: str, ecosystem: str, pattern: str, actor: Actor, now: Instant
) -> ReservationShown:
    repository = find_repository(connection, repository_name)
    known = policy.reservations(connection, repository.id, ecosystem)
    found = next((one for one in known if one.pattern == pattern), None)
    if found is None:
        have = f"; reserved there: {', '.join(one.pattern for one in known[:10]) or 'nothing'}"
        narrow = actor.scope is not None and not actor.scope.is_everywhere  # such a token is shown no list either
        raise NotFound(f'"{pattern}" is not reserved in {ecosystem}{"" if narrow else have}')
    policy.remove_reservation(connection, found.id)
    body = {"repository": repository.name}
    note_change(
        connection, "unreserved", f"{ecosystem}:{pattern}", body, actor=actor, now=now, repository_id=repository.id
    )
    return ReservationShown(ecosystem, pattern, found.reason, repository.name)


async def list_reservations(ports: Ports, request: ListReservations, actor: Actor) -> Reservations:
    """What is reserved. Raises Forbidden to all but administrators: reserved names are nobody else's business."""
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    return await ports.db.read(_list, request)


def _list(connection: Connection, request: ListReservations) -> Reservations:
    repository = find_repository(connection, request.repository)
    found = policy.reservations(connection, repository.id, request.ecosystem)
    return Reservations(tuple(_shown(connection, one, repository.name) for one in found))


def _shown(connection: Connection, one: Reservation, repository: str) -> ReservationShown:
    public = find_public(connection, one.ecosystem, one.pattern)
    return ReservationShown(one.ecosystem, one.pattern, one.reason, repository, public)
