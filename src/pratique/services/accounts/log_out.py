"""End the token that asks, or another one whose secret is shown: what a client's `logout` does."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.errors import NotFound, Unauthorised
from pratique.services.accounts.tokens import end
from pratique.services.changes import permit
from pratique.services.ports import Ports
from pratique.store import tokens
from pratique.trust.permissions import NEEDS_CREDENTIAL
from pratique.trust.tokens import token_digest


async def log_out(ports: Ports, secret: str, actor: Actor) -> None:
    """End a token by its secret, on every process within a second.

    Whatever a token may do else, it may end itself; another one of its account only with the right to end tokens.

    Raises:
        Unauthorised: nobody in particular asks.
        NotFound: no token of this account has the secret.
        Forbidden: the asking token is another one, and not good for `tokens`.
    """
    if actor.account is None:
        raise Unauthorised(NEEDS_CREDENTIAL)
    await ports.db.write(_end, token_digest(secret), actor, ports.clock.now())


def _end(connection: Connection, digest: str, actor: Actor, now: Instant) -> None:
    found = tokens.find(connection, digest)
    if found is None or found[0].account_id != actor.account:
        raise NotFound("this is no token of this account: see `pratique token list`")
    token, account = found
    if token.id != actor.token:
        permit(actor, Operation.TOKENS, now)
    end(connection, token, account.name if account else None, actor, now)
