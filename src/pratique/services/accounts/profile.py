"""A person's own account, as package clients show it and change its password."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.account_verbs import PasswordChange, Profile, Purpose
from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant
from pratique.core.errors import Forbidden, Unauthorised
from pratique.services.accounts.accounts import keep_password
from pratique.services.accounts.hashing import hash_password
from pratique.services.accounts.logins import check_password
from pratique.services.accounts.one_time_codes import always, write_with_code
from pratique.services.accounts.step_up import PasswordGate, check_unchanged
from pratique.services.changes import permit
from pratique.services.ports import Ports, Visit
from pratique.store import accounts
from pratique.store.accounts import Account
from pratique.trust.permissions import NEEDS_CREDENTIAL


async def show_profile(ports: Ports, actor: Actor) -> Profile:
    """The account behind the credential. Raises Unauthorised if there is none."""
    if actor.account is None:
        raise Unauthorised(NEEDS_CREDENTIAL)
    account = await ports.db.read(accounts.find, actor.account)
    assert account is not None
    return Profile(account.name, account.created, account.admin)


async def change_password(ports: Ports, gate: PasswordGate, visit: Visit, change: PasswordChange) -> Profile:
    """Give the own account another password, from a client whose user typed the one before.

    A token alone never does this: it takes the password, and a one-time code from the browser. Sessions and codes
    end, tokens stay.

    Raises:
        Unauthorised: the password now is another one, or nobody in particular asks.
        CodeNeeded: the browser is to confirm it.
        Forbidden: the credential is no person's, or not good for `tokens`; too many wrong passwords.
        Invalid: the new password will not do.
    """
    actor, now = visit.actor, ports.clock.now()
    permit(actor, Operation.TOKENS, now)
    if actor.kind is not ActorKind.USER:
        raise Forbidden("only a person's own token changes the password, together with the password now")
    account = await check_password(ports, gate, actor.name, change.old, visit.caller)
    hashed = await hash_password(change.new, account.name)
    await write_with_code(ports, visit, Purpose.PASSWORD, "", always, _change, account, hashed, actor, now)
    return Profile(account.name, account.created, account.admin)


def _change(connection: Connection, proved: Account, hashed: str, actor: Actor, now: Instant) -> None:
    check_unchanged(connection, proved)
    keep_password(connection, proved, hashed, actor, now)
