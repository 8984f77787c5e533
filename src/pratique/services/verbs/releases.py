"""Requests about releases: revoke, unrevoke, approve, waive, explain, exposure."""

from __future__ import annotations

import msgspec

from pratique.core.actors import Actor, ActorKind
from pratique.core.clock import Instant
from pratique.services.durations import read_duration
from pratique.services.governing import approve as approving
from pratique.services.governing import explain as explaining
from pratique.services.governing import exposure as exposing
from pratique.services.governing import revoke as revoking
from pratique.services.governing import waive as waiving
from pratique.services.governing.explain import Explained, Explanation
from pratique.services.governing.exposure import Exposure
from pratique.services.governing.revoke import Revoked, Unrevoked
from pratique.services.governing.waive import Waived
from pratique.services.ports import Ports


class Revoke(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Refuse a project, release or file from now on, everywhere."""

    purl: str
    reason: str
    filename: str | None = None
    repository: str = "main"


class Unrevoke(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Serve what was revoked again."""

    purl: str
    filename: str | None = None
    repository: str = "main"


class Approve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let exactly this release through whatever holds it now."""

    purl: str
    reason: str = ""
    repository: str = "main"


class Waive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Remove one rule's vote.

    Attributes:
        versions: a range, instead of a version in the purl.
        expires_in: a duration; None: until withdrawn.
        actor_kinds: for whom; empty for everyone.
    """

    rule: str
    purl: str
    reason: str
    versions: str | None = None
    expires_in: str | None = None
    actor_kinds: tuple[str, ...] = ()
    repository: str = "main"


class ConfirmWaiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Agree, as the second administrator, to a waiver that waits."""

    id: int
    repository: str = "main"


class WithdrawWaiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """End a waiver or an approval."""

    id: int
    repository: str = "main"


class Withdrawn(msgspec.Struct, frozen=True):
    """The waiver that counts no more."""

    id: int


class Explain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask why something is or is not served.

    Attributes:
        as_kind: for which kind of actor it is judged.
    """

    purl: str
    as_kind: ActorKind = ActorKind.USER
    repository: str = "main"


class ShowDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Look up a decision by the id that a refusal names."""

    id: str


class ShowExposure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask who fetched something."""

    purl: str
    repository: str = "main"


async def revoke(ports: Ports, request: Revoke, actor: Actor) -> Revoked:
    """See `services.governing.revoke.revoke`."""
    return await revoking.revoke(ports, request.repository, request.purl, request.filename, request.reason, actor)


async def unrevoke(ports: Ports, request: Unrevoke, actor: Actor) -> Unrevoked:
    """See `services.governing.revoke.unrevoke`."""
    return await revoking.unrevoke(ports, request.repository, request.purl, request.filename, actor)


async def approve(ports: Ports, request: Approve, actor: Actor) -> Waived:
    """See `services.governing.approve.approve`."""
    return await approving.approve(ports, request.repository, request.purl, request.reason, actor)


async def waive(ports: Ports, request: Waive, actor: Actor) -> Waived:
    """See `services.governing.waive.waive`."""
    life = None if request.expires_in is None else read_duration(request.expires_in)
    return await waiving.waive(
        ports,
        request.repository,
        request.purl,
        request.rule,
        request.reason,
        actor,
        versions=request.versions,
        expires=None if life is None else Instant(ports.clock.now() + life),
        actor_kinds=request.actor_kinds,
    )


async def confirm(ports: Ports, request: ConfirmWaiver, actor: Actor) -> Waived:
    """See `services.governing.waive.confirm`."""
    return await waiving.confirm(ports, request.repository, request.id, actor)


async def withdraw(ports: Ports, request: WithdrawWaiver, actor: Actor) -> Withdrawn:
    """See `services.governing.waive.withdraw`."""
    await waiving.withdraw(ports, request.repository, request.id, actor)
    return Withdrawn(request.id)


async def explain(ports: Ports, request: Explain, actor: Actor) -> Explained:
    """See `services.governing.explain.explain`."""
    return await explaining.explain(ports, request.repository, request.purl, request.as_kind, actor)


async def show_decision(ports: Ports, request: ShowDecision, actor: Actor) -> Explanation:
    """See `services.governing.explain.stored`."""
    return await explaining.stored(ports, request.id, actor)


async def show_exposure(ports: Ports, request: ShowExposure, actor: Actor) -> Exposure:
    """See `services.governing.exposure.exposure`."""
    return await exposing.exposure(ports, request.repository, request.purl, actor)
