"""Keep an account from publishing while people look at what it published, and let it go on."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.errors import Conflict, Invalid
from pratique.services.accounts.accounts import UserShown, account_named, shown
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change, permit_everywhere
from pratique.services.ports import Ports
from pratique.services.reasons import read_reason
from pratique.store import accounts


class FreezeUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keep an account from publishing and from changing what it published; it can still read, revoke and appeal."""

    name: str
    reason: str


class UnfreezeUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let a frozen account publish again."""

    name: str


async def freeze_user(ports: Ports, request: FreezeUser, actor: Actor) -> UserShown:
    """Freeze an account, in every process within a second.

    Raises:
        NotFound: there is none of that name.
        Invalid: no reason, or a very long one.
        Conflict: it is frozen for that reason already.
        Unauthorised, Forbidden, StepUpNeeded: the actor may not, or must give the password again.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.ACCOUNTS, now)
    reason = read_reason(request.reason)
    if not reason:
        raise Invalid("say why with --reason: whoever is frozen reads it")
    return shown(await write_as(ports.db, actor, now, _freeze, request.name, reason, actor, now))


async def unfreeze_user(ports: Ports, request: UnfreezeUser, actor: Actor) -> UserShown:
    """End it. Raises as `freeze_user`; whoever is frozen administers nothing, so that nobody ends their own."""
    now = ports.clock.now()
    permit_everywhere(actor, Operation.ACCOUNTS, now)
    return shown(await write_as(ports.db, actor, now, _unfreeze, request.name, actor, now))


def _freeze(connection: Connection, name: str, reason: str, actor: Actor, now: Instant) -> accounts.Account:
    account = account_named(connection, name)
    if account.frozen_reason == reason:
        raise Conflict(f"{name} is frozen already, by {account.frozen_by}: {reason}")
    accounts.freeze(connection, account.id, actor.name, reason, now)
    note_change(connection, "account_frozen", f"account:{name}", {"reason": reason}, actor=actor, now=now)
    return account_named(connection, name)


def _unfreeze(connection: Connection, name: str, actor: Actor, now: Instant) -> accounts.Account:
    account = account_named(connection, name)
    if account.frozen is None:
        raise Conflict(f"{name} is not frozen")
    accounts.thaw(connection, account.id)
    note_change(connection, "account_unfrozen", f"account:{name}", {}, actor=actor, now=now)
    return account_named(connection, name)
