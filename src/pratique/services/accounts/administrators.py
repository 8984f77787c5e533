"""Make an existing account an administrator, and an administrator a plain account again."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.errors import Conflict, Invalid
from pratique.services.accounts.accounts import ENABLED, UserShown, account_named, end_links_of, shown
from pratique.services.accounts.sign_in import write_as
from pratique.services.accounts.typed_codes import use_typed_code
from pratique.services.changes import note_change, permit_everywhere
from pratique.services.ports import Ports
from pratique.store import accounts, events, tokens
from pratique.store.accounts import Account

PROMOTED, DEMOTED = "account_promoted", "account_demoted"
"""Kinds of event."""


class PromoteUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make an account an administrator. Its sessions and tokens end: they were given to somebody who was none.

    Attributes:
        code: a one-time code of the account page; needed by whoever asks with a token.
    """

    name: str
    code: str = ""


class DemoteUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make an administrator a plain account."""

    name: str


async def promote_user(ports: Ports, request: PromoteUser, actor: Actor) -> UserShown:
    """Make an account an administrator.

    Raises:
        NotFound: there is none of that name.
        Conflict: it is one already.
        Invalid: it is disabled.
        Forbidden, StepUpNeeded: the actor is no administrator, or must give the password again or a one-time code.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.ACCOUNTS, now)
    return shown(await write_as(ports.db, actor, now, _promote, request, actor, now))


async def demote_user(ports: Ports, request: DemoteUser, actor: Actor) -> UserShown:
    """Make an administrator a plain account.

    Raises:
        NotFound: there is none of that name.
        Conflict: it is no administrator, or the only one.
        Forbidden, StepUpNeeded: the actor is no administrator, or must give the password again.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.ACCOUNTS, now)
    return shown(await write_as(ports.db, actor, now, _demote, request.name, actor, now))


def _promote(connection: Connection, request: PromoteUser, actor: Actor, now: Instant) -> Account:
    name = request.name
    account = account_named(connection, name)
    if account.admin:
        raise Conflict(f"{name} is an administrator already")
    if account.disabled is not None:
        raise Invalid(f"the account {name} is disabled: enable it first with `pratique user enable`")
    use_typed_code(connection, actor, Purpose.ADMINISTER, request.code, now)
    accounts.set_admin(connection, account.id, True)  # noqa: FBT003
    accounts.end_all_sessions(connection, account.id)
    ended = tokens.revoke_all(connection, account.id, now)
    note_change(connection, PROMOTED, f"account:{name}", {"tokens_ended": ended}, actor=actor, now=now)
    return account_named(connection, name)


def _demote(connection: Connection, name: str, actor: Actor, now: Instant) -> Account:
    account = account_named(connection, name)
    if not account.admin:
        raise Conflict(f"{name} is no administrator")
    if account.disabled is None and accounts.count_admins(connection) <= 1:
        raise Conflict(f"{name} is the only administrator: make another one first with `pratique user promote`")
    accounts.set_admin(connection, account.id, False)  # noqa: FBT003
    end_links_of(connection, account)
    note_change(connection, DEMOTED, f"account:{name}", {}, actor=actor, now=now)
    return account_named(connection, name)


def administers_since(connection: Connection, account: Account) -> Instant:
    """Since when an administrator has been one without a break."""
    subject = f"account:{account.name}"
    found = (events.latest(connection, subject, kind) for kind in (PROMOTED, ENABLED))
    return max((account.created, *(one.at for one in found if one is not None)))
