"""A one-time code that is typed along with a command, where a token alone is not enough."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, ActorKind
from pratique.core.clock import Instant
from pratique.core.errors import Forbidden
from pratique.store import one_time_codes
from pratique.trust.one_time_codes import code_digest


def use_typed_code(connection: Connection, actor: Actor, purpose: Purpose, code: str, now: Instant) -> None:
    """Use up the code that whoever asks with a token has to send, in the transaction of what it is for.

    A session has just given its password where `trust.permissions` asks for a step-up, and the operator holds the
    data folder: both need no code.

    Raises:
        Forbidden: none came, or one that is wrong, used or too old; the sentence says where to get one.
    """
    if actor.kind is ActorKind.OPERATOR or (actor.session is not None and actor.token is None):
        return
    if not _uses_code(connection, actor, purpose, code, now):
        wrong = "this one-time code is wrong, used, or older than five minutes; " if code else ""
        raise Forbidden(
            f"{wrong}{purpose.doing} with a token needs a one-time code: sign in at /account of this server, make one "
            f"for {purpose.doing}, and pass it as `--code` (in JSON `code`); on the data folder none is needed"
        )


def _uses_code(connection: Connection, actor: Actor, purpose: Purpose, code: str, now: Instant) -> bool:
    if not code or actor.account is None:
        return False
    return one_time_codes.use(
        connection, code_digest(code), account_id=actor.account, purpose=purpose, subject="", now=now
    )
