"""Disputes over names: recorded with a notice period, decided by an administrator. No project changes hands by it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, Instant, to_iso
from pratique.core.errors import Conflict, Invalid, NotFound
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.sentences import one_line
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change, permit_everywhere
from pratique.services.durations import read_duration
from pratique.services.ports import Ports
from pratique.services.purls import read_purl
from pratique.services.reasons import read_reason
from pratique.services.visits import find_repository
from pratique.store import disputes, projects
from pratique.store.disputes import Dispute
from pratique.trust.permissions import NO_SUCH_PROJECT

SHORTEST, LONGEST = 7 * DAY, 365 * DAY
"""Notice periods."""

_CLAIMANT = 200
_LISTED = 500


class Outcome(StrEnum):
    """How a dispute ends: the name should go to the claimant, or stays."""

    UPHELD = "upheld"
    REJECTED = "rejected"


class OpenDispute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Record that somebody claims the name of an own project.

    Attributes:
        claimant: who, as people know them.
        notice: so long its owners have to answer, like `30d`.
    """

    purl: str
    claimant: str
    reason: str
    notice: str = "30d"
    repository: str = "main"


class ListDisputes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List disputes over names.

    Attributes:
        closed: also those that are decided.
    """

    closed: bool = False
    repository: str = "main"


class CloseDispute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Decide a dispute: reject it at any time, uphold it after the notice period."""

    id: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    outcome: Outcome
    reason: str
    repository: str = "main"


class DisputeShown(msgspec.Struct, frozen=True):
    """One dispute; times are RFC 3339, `outcome` is empty while it is open."""

    id: int
    purl: str
    claimant: str
    reason: str
    opened: str
    opened_by: str
    notice_ends: str
    outcome: str = ""
    closed: str | None = None


class Disputes(msgspec.Struct, frozen=True):
    """Newest first."""

    disputes: tuple[DisputeShown, ...]


async def open_dispute(ports: Ports, request: OpenDispute, actor: Actor) -> DisputeShown:
    """Record a dispute. Its owners see it with the project, and the event tells until when they have time.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: the actor is no administrator, or must give the password again.
        Invalid: claimant, reason or notice is none.
        NotFound: there is no such own project.
        Conflict: one is open over the name already.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.POLICY, now)
    named = read_purl(request.purl, ports.ecosystems)
    claimant, reason, notice = one_line(request.claimant), read_reason(request.reason), read_duration(request.notice)
    if named.version is not None:
        raise Invalid(f"a dispute is over a name: write {named.key.purl()}, without a version")
    if not claimant or len(claimant) > _CLAIMANT or not reason:
        raise Invalid(f"say who claims the name, in at most {_CLAIMANT} characters, and why")
    if not SHORTEST <= notice <= LONGEST:
        raise Invalid(f"the notice period is from {SHORTEST // DAY} to {LONGEST // DAY} days; write one like `30d`")
    key = named.key
    new = Dispute(0, key.ecosystem, key.name, claimant, reason, actor.name, now, Instant(now + notice))
    return await write_as(ports.db, actor, now, _open, request.repository, key, new, actor, now)


def _open(
    connection: Connection, repository_name: str, key: ProjectKey, new: Dispute, actor: Actor, now: Instant
) -> DisputeShown:
    repository = find_repository(connection, repository_name)
    project = projects.find(connection, repository.id, key)
    if project is None or project.origin is not Origin.OWN:
        raise NotFound(NO_SUCH_PROJECT)
    before = disputes.open_about(connection, repository.id, key)
    if before is not None:
        raise Conflict(f"dispute {before.id} over {key.name} is open already; close it first")
    made = shown(disputes.open_one(connection, repository.id, new))
    body = {"dispute": made.id, "claimant": made.claimant, "reason": made.reason, "notice_ends": made.notice_ends}
    _note(connection, "dispute_opened", repository.id, key, body, actor, now)
    return made


async def list_disputes(ports: Ports, request: ListDisputes, actor: Actor) -> Disputes:
    """The latest disputes, for administrators. Raises Unauthorised, Forbidden, NotFound."""
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    return await ports.db.read(_list, request)


def _list(connection: Connection, request: ListDisputes) -> Disputes:
    repository = find_repository(connection, request.repository)
    found = disputes.of_repository(connection, repository.id, _LISTED, closed=request.closed)
    return Disputes(tuple(map(shown, found)))


async def close_dispute(ports: Ports, request: CloseDispute, actor: Actor) -> DisputeShown:
    """Decide a dispute.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: the actor is no administrator, or must give the password again.
        Invalid: no reason is given.
        NotFound: there is no such dispute.
        Conflict: it is closed already, or is to be upheld before its owners' time is over.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.POLICY, now)
    reason = read_reason(request.reason)
    if not reason:
        raise Invalid("say why: the owners and the claimant will read it")
    return await write_as(ports.db, actor, now, _close, request, reason, actor, now)


def _close(connection: Connection, request: CloseDispute, reason: str, actor: Actor, now: Instant) -> DisputeShown:
    repository = find_repository(connection, request.repository)
    found = disputes.find(connection, repository.id, request.id)
    if found is None:
        raise NotFound(f"there is no dispute {request.id}")
    if found.closed is not None:
        raise Conflict(f"dispute {found.id} was {found.outcome} already, on {to_iso(found.closed)}")
    if request.outcome is Outcome.UPHELD and now < found.notice_ends:
        raise Conflict(f"the owners of {found.name} have until {to_iso(found.notice_ends)} to answer; uphold it then")
    disputes.close(connection, found.id, request.outcome.value, actor.name, now)
    key = ProjectKey(EcosystemId(found.ecosystem), found.name)
    body = {"dispute": found.id, "outcome": request.outcome.value, "reason": reason}
    _note(connection, "dispute_closed", repository.id, key, body, actor, now)
    return shown(msgspec.structs.replace(found, outcome=request.outcome.value, closed=now))


def _note(
    connection: Connection,
    kind: str,
    repository_id: int,
    key: ProjectKey,
    body: dict[str, Any],
    actor: Actor,
    now: Instant,
) -> None:
    note_change(connection, kind, key.purl(), body, actor=actor, now=now, repository_id=repository_id, key=key)


def shown(one: Dispute) -> DisputeShown:
    """As people are told."""
    return DisputeShown(
        id=one.id,
        purl=ProjectKey(EcosystemId(one.ecosystem), one.name).purl(),
        claimant=one.claimant,
        reason=one.reason,
        opened=to_iso(one.opened),
        opened_by=one.opened_by,
        notice_ends=to_iso(one.notice_ends),
        outcome=one.outcome or "",
        closed=None if one.closed is None else to_iso(one.closed),
    )
