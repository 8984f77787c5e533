"""Waivers and approvals: which are in force, which wait for a second person, who laid them down and why."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation, TokenScope
from pratique.core.clock import Instant, to_iso
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.changes import permit
from pratique.services.ports import Ports
from pratique.services.visits import find_repository
from pratique.store import policy
from pratique.store.policy import StoredWaiver


class ListWaivers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List waivers and approvals.

    Attributes:
        ended: also those that were withdrawn or have expired.
    """

    ended: bool = False
    repository: str = "main"


class WaiverShown(msgspec.Struct, frozen=True):
    """One waiver. Times are RFC 3339.

    Attributes:
        state: active, pending (waits for a second administrator), expired or withdrawn.
        actor_kinds: for whom; empty for everyone.
        files: the only files that it is about, as they were then; empty for all of those versions.
    """

    id: int
    rule: str
    purl: str
    versions: str
    state: str
    actor_kinds: tuple[str, ...]
    files: tuple[str, ...]
    by: str
    confirmed_by: str | None
    created: str
    expires: str | None
    reason: str


class Waivers(msgspec.Struct, frozen=True):
    """In the order in which they were laid down."""

    waivers: tuple[WaiverShown, ...]


async def list_waivers(ports: Ports, request: ListWaivers, actor: Actor) -> Waivers:
    """List them.

    Raises:
        Forbidden, StepUpNeeded: only those who approve may.
        NotFound: there is no such repository.
    """
    now = ports.clock.now()
    permit(actor, Operation.APPROVE, now)
    return await ports.db.read(_list, request, actor.scope, now)


def _list(connection: Connection, request: ListWaivers, scope: TokenScope | None, now: Instant) -> Waivers:
    """Those that the token reaches."""
    repository = find_repository(connection, request.repository)
    found = policy.all_waivers(connection, repository.id)
    shown = (_shown(one, now) for one in found if scope is None or scope.covers(Operation.APPROVE, _key(one)))
    return Waivers(tuple(one for one in shown if request.ended or one.state in (policy.ACTIVE, policy.PENDING)))


def _key(one: StoredWaiver) -> ProjectKey:
    return ProjectKey(EcosystemId(one.waiver.ecosystem), one.waiver.name)


def _shown(one: StoredWaiver, now: Instant) -> WaiverShown:
    waiver = one.waiver
    over = one.state != policy.WITHDRAWN and waiver.expires is not None and now >= waiver.expires
    return WaiverShown(
        id=waiver.id,
        rule=waiver.rule,
        purl=_key(one).purl(),
        versions=str(waiver.versions),
        state="expired" if over else one.state,
        actor_kinds=tuple(sorted(waiver.actor_kinds)),
        files=tuple(sorted(waiver.files)),
        by=one.by,
        confirmed_by=one.confirmed_by,
        created=to_iso(one.created),
        expires=None if waiver.expires is None else to_iso(waiver.expires),
        reason=waiver.reason,
    )
