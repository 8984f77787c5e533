"""A person's own tokens, as package clients list, make and end them."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose, TokenLine, TokenWish
from pratique.core.actors import Actor, ActorKind, Operation, TokenScope
from pratique.core.clock import Instant, to_iso
from pratique.services.accounts.log_out import log_out
from pratique.services.accounts.logins import check_password
from pratique.services.accounts.one_time_codes import always, write_with_code
from pratique.services.accounts.sign_in import write_as
from pratique.services.accounts.step_up import PasswordGate, check_unchanged
from pratique.services.accounts.tokens import (
    CreateToken,
    ListTokens,
    RevokeToken,
    TokenShown,
    list_tokens,
    record_token,
    revoke_token,
    scope_within,
)
from pratique.services.changes import permit
from pratique.services.ports import Ports, Visit
from pratique.store.accounts import Account
from pratique.trust.tokens import new_token, token_digest


async def list_own_tokens(ports: Ports, actor: Actor) -> tuple[TokenLine, ...]:
    """The account's tokens that are still good for something, oldest first. Raises Unauthorised, Forbidden."""
    now = ports.clock.now()
    permit(actor, Operation.TOKENS, now)
    found = await list_tokens(ports, ListTokens(), actor)
    present = to_iso(now)
    return tuple(
        _line(one) for one in found.tokens if one.revoked is None and (one.expires is None or one.expires > present)
    )


async def create_own_token(ports: Ports, gate: PasswordGate, visit: Visit, wish: TokenWish) -> tuple[str, TokenLine]:
    """Make a token for the client's ecosystem: its secret, and what is known of it.

    The password makes whoever asks the person, who is held to no token's limits. A one-time code only says that the
    person knows: what is made with it cannot do more than the token that asks.

    Raises:
        Unauthorised: nobody asks, or the password is wrong.
        CodeNeeded: neither password nor code came along.
        Forbidden: the token that asks is not good for `tokens`; or it is narrower than what it asks for.
        Invalid: name, names or expiry cannot be right.
    """
    actor, now = visit.actor, ports.clock.now()
    permit(actor, Operation.TOKENS, now)
    request = CreateToken(
        name=wish.name,
        operations=wish.operations,
        ecosystems=frozenset({visit.ecosystem.id}),
        names=wish.names,
        expires_in=wish.expires_in,
    )
    secret = new_token()
    digest = token_digest(secret)
    if wish.password:
        account = await check_password(ports, gate, actor.name, wish.password, visit.caller)
        person = Actor(ActorKind.USER, account.id, account.name, account.admin, stepped_up_at=now)
        scope = scope_within(request, ports.ecosystems, person, now)
        made = await write_as(ports.db, person, now, _record_for, account, request, scope, digest, person, now)
    else:
        scope = scope_within(request, ports.ecosystems, actor, now)
        recording = (record_token, request, scope, digest, actor, now)
        made = await write_with_code(ports, visit, Purpose.TOKENS, "", always, *recording)
    return secret, _line(made)


def _record_for(
    connection: Connection,
    proved: Account,
    request: CreateToken,
    scope: TokenScope,
    digest: str,
    person: Actor,
    now: Instant,
) -> TokenShown:
    check_unchanged(connection, proved)
    return record_token(connection, request, scope, digest, person, now)


async def end_own_token(ports: Ports, actor: Actor, token_id: int | None, secret: str) -> None:
    """End a token by its id or, where that is not known, by its secret. Raises Unauthorised, NotFound, Forbidden."""
    if token_id is None:
        await log_out(ports, secret, actor)
    else:
        await revoke_token(ports, RevokeToken(token_id), actor)


def _line(token: TokenShown) -> TokenLine:
    return TokenLine(token.id, token.name, token.operations, token.names, token.created, token.expires)
