"""What a client's login gives: a token for whoever has just given the password."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant
from pratique.core.errors import Forbidden, Unauthorised, Unavailable
from pratique.services.accounts.step_up import PasswordGate, check_unchanged
from pratique.services.accounts.tokens import CreateToken, record_token, scope_of
from pratique.services.ports import Caller, Ports
from pratique.store.accounts import Account
from pratique.trust.tokens import new_token, token_digest

LOGIN_OPERATIONS = frozenset(
    {
        Operation.READ,
        Operation.EXPLAIN,
        Operation.PUBLISH,
        Operation.UNPUBLISH,
        Operation.MEMBERS,
        Operation.TOKENS,
    }
)
"""What npm's verbs do for people, and no more: tags and messages go with publishing. What is revoked, given back,
approved, allowed or administered needs a token made for that."""

_NO_ACCOUNT = "accounts are made by an administrator (`pratique user add`), never by a login"


async def log_in(ports: Ports, gate: PasswordGate, ecosystem: str, name: str, password: str, caller: Caller) -> str:
    """A token's secret for a name and its password.

    Raises:
        Unauthorised: no such account, wrong password, or disabled: one sentence for all three.
        Forbidden: too many failures, or too many passwords at once; not a status at which clients try again at once.
    """
    try:
        account = await check_password(ports, gate, name, password, caller)
    except Unauthorised as error:
        raise Unauthorised(f"{error}; {_NO_ACCOUNT}") from None
    secret = new_token()
    await ports.db.write(_log_in, ports, ecosystem, account, token_digest(secret), caller, ports.clock.now())
    return secret


async def check_password(ports: Ports, gate: PasswordGate, name: str, password: str, caller: Caller) -> Account:
    """The account of a name and its password, as a package client sent them. Raises as `log_in`."""
    try:
        return await gate.check(ports, name, password, caller.address)
    except Unavailable as error:
        raise Forbidden(f"{error}, and do not retry before") from None


def _log_in(
    connection: Connection, ports: Ports, ecosystem: str, account: Account, digest: str, caller: Caller, now: Instant
) -> None:
    check_unchanged(connection, account)
    actor = Actor(ActorKind.USER, account.id, account.name, account.admin, stepped_up_at=now)
    record_login(connection, ports, ecosystem, actor, digest, caller.address, now)


def record_login(
    connection: Connection, ports: Ports, ecosystem: str, actor: Actor, digest: str, address: str, now: Instant
) -> None:
    """Keep the token of a login: for one ecosystem, for a time, and named after where it came from."""
    request = CreateToken(
        name=f"{ecosystem} login from {address or 'an unknown address'}",
        operations=LOGIN_OPERATIONS,
        ecosystems=frozenset({ecosystem}),
    )
    scope = msgspec.structs.replace(scope_of(request, ports.ecosystems, now), expires=Instant(now + ports.login_life))
    record_token(connection, request, scope, digest, actor, now)
