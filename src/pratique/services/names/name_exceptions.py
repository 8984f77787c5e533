"""Names that a person allows before anybody publishes them, whatever they resemble."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.errors import Invalid, NotFound
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change, permit, permit_everywhere, permit_on
from pratique.services.durations import read_duration
from pratique.services.name_globs import ecosystem_named
from pratique.services.ports import Ports
from pratique.services.reasons import read_reason
from pratique.services.visits import find_repository
from pratique.store import name_exceptions
from pratique.store.name_exceptions import StoredException

MOST = 10_000
"""Of one repository."""


class ExceptName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let a new project have a name that could be taken for another.

    Attributes:
        target: the one name that it may resemble; empty for any.
        expires_in: a duration; None: until removed.
    """

    ecosystem: str
    name: str
    reason: str
    target: str = ""
    expires_in: str | None = None
    repository: str = "main"


class UnexceptName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take exceptions for a name back; projects that were founded meanwhile stay."""

    ecosystem: str
    name: str
    repository: str = "main"


class ListExceptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List the exceptions for names."""

    repository: str = "main"


class ExceptionShown(msgspec.Struct, frozen=True):
    """One of them. Times are RFC 3339."""

    id: int
    ecosystem: str
    name: str
    target: str
    reason: str
    by: str
    created: str
    expires: str | None
    ended: bool


class Exceptions(msgspec.Struct, frozen=True):
    """All of a repository that were not removed."""

    exceptions: tuple[ExceptionShown, ...]


async def except_name(ports: Ports, request: ExceptName, actor: Actor) -> ExceptionShown:
    """Allow a name.

    Raises:
        Invalid, InvalidName: there is no such ecosystem, name or duration, no reason, or there are too many.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again.
    """
    now = ports.clock.now()
    permit(actor, Operation.POLICY, now)
    key = _named(ports, request.ecosystem, request.name)
    permit_on(actor, Operation.POLICY, key, now)
    reason = read_reason(request.reason)
    if not reason:
        raise Invalid("say why with --reason: whoever asks about the name reads it")
    wanted = StoredException(
        id=0,
        ecosystem=key.ecosystem,
        name=key.name,
        target=_named(ports, request.ecosystem, request.target).name if request.target else "",
        reason=reason,
        by=actor.name,
        created=now,
        expires=None if request.expires_in is None else Instant(now + read_duration(request.expires_in)),
    )
    return await write_as(ports.db, actor, now, _add, request.repository, wanted, actor, now)


def _add(
    connection: Connection, repository_name: str, wanted: StoredException, actor: Actor, now: Instant
) -> ExceptionShown:
    repository = find_repository(connection, repository_name)
    if name_exceptions.count(connection, repository.id) >= MOST:
        raise Invalid(f"{repository.name} holds {MOST:,} exceptions for names; remove what is over")
    made = msgspec.structs.replace(wanted, id=name_exceptions.add(connection, repository.id, wanted))
    _note(connection, "name_excepted", made, actor, now, repository.id)
    return _shown(made, now)


async def unexcept_name(ports: Ports, request: UnexceptName, actor: Actor) -> Exceptions:
    """Take back what was allowed. Raises NotFound if nothing was; else as `except_name`."""
    now = ports.clock.now()
    permit(actor, Operation.POLICY, now)
    key = _named(ports, request.ecosystem, request.name)
    permit_on(actor, Operation.POLICY, key, now)
    return await write_as(ports.db, actor, now, _remove, request.repository, key, actor, now)


def _remove(connection: Connection, repository_name: str, key: ProjectKey, actor: Actor, now: Instant) -> Exceptions:
    repository = find_repository(connection, repository_name)
    found = name_exceptions.of_name(connection, repository.id, key)
    if not found:
        raise NotFound(f"there is no exception for {key.name} of {key.ecosystem}")
    for one in found:
        name_exceptions.remove(connection, one.id, now)
        _note(connection, "name_exception_removed", one, actor, now, repository.id)
    return Exceptions(tuple(_shown(one, now) for one in found))


async def list_exceptions(ports: Ports, request: ListExceptions, actor: Actor) -> Exceptions:
    """All of them. Raises Forbidden to all but administrators."""
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    return await ports.db.read(_list, request, ports.clock.now())


def _list(connection: Connection, request: ListExceptions, now: Instant) -> Exceptions:
    repository = find_repository(connection, request.repository)
    return Exceptions(tuple(_shown(one, now) for one in name_exceptions.all_of(connection, repository.id)))


def _named(ports: Ports, ecosystem: str, name: str) -> ProjectKey:
    found = ecosystem_named(ports.ecosystems, ecosystem)
    return ProjectKey(EcosystemId(found.id), found.canonical(name))


def _note(
    connection: Connection, kind: str, one: StoredException, actor: Actor, now: Instant, repository_id: int
) -> None:
    body = {"reason": one.reason, "target": one.target, "expires": None if one.expires is None else to_iso(one.expires)}
    subject = f"{one.ecosystem}:{one.name}"
    note_change(connection, kind, subject, body, actor=actor, now=now, repository_id=repository_id)


def _shown(one: StoredException, now: Instant) -> ExceptionShown:
    return ExceptionShown(
        id=one.id,
        ecosystem=one.ecosystem,
        name=one.name,
        target=one.target,
        reason=one.reason,
        by=one.by,
        created=to_iso(one.created),
        expires=None if one.expires is None else to_iso(one.expires),
        ended=one.expires is not None and one.expires <= now,
    )
