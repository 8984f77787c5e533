"""Who asks: from an Authorization header or a session's cookie to an actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, NoReturn, TypeVar

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import NOBODY, Actor, ActorKind
from pratique.core.clock import MINUTE, Clock, Instant
from pratique.core.errors import Forbidden, Unauthorised
from pratique.store import accounts, tokens
from pratique.store.accounts import Account, Session
from pratique.store.database import Database
from pratique.store.revisions import SERVER, RevisionReader
from pratique.store.tokens import Token
from pratique.trust.credentials import PasswordCredential, read_authorization
from pratique.trust.sessions import secret_digest
from pratique.trust.tokens import check_form, token_digest

CACHE_LIFE = MINUTE
CACHE_SIZE = 4_096

T = TypeVar("T")


class SignedIn(msgspec.Struct, frozen=True):
    """A browser's session with the actor it stands for."""

    actor: Actor
    csrf: str
    secret_sha256: str


class _Remembered(msgspec.Struct, frozen=True):
    actor: Actor
    revision: int
    until: Instant


class SignIn:
    """Resolves credentials; remembers tokens for at most a minute.

    What is remembered counts only while nothing that belongs to the whole server has changed since before
    the token was looked up. Ending a token, disabling an account and changing its rights are such changes,
    so that they bite as fast as any change of policy.
    """

    def __init__(self, db: Database, clock: Clock, revisions: RevisionReader) -> None:
        self._db, self._clock, self._revisions = db, clock, revisions
        self._remembered: dict[str, _Remembered] = {}

    async def actor(self, authorization: str | None) -> Actor:
        """The actor behind an Authorization header; nobody if there is none.

        Raises:
            Unauthorised: the credential is malformed, unknown, expired, revoked, or a password.
        """
        token = _token_in(authorization)
        return NOBODY if token is None else await self._token_actor(token)

    def known(self, digest: str, now: Instant) -> Actor | None:
        """The actor behind a token that was sent before, without a look into the database; None if `actor` is to say.

        It counts only while `RevisionReader.known` is not None, which the caller makes sure of.

        Args:
            digest: of the token, as `digest_of` gives it; empty for nobody.
            now: the present.
        """
        if not digest:
            return NOBODY
        found = self._still_good(digest, now)
        if found is None:
            return None
        expires = found.actor.scope.expires if found.actor.scope else None
        return found.actor if expires is None or now < expires else None

    def _still_good(self, digest: str, now: Instant) -> _Remembered | None:
        """What is remembered of a token, if it counts."""
        found = self._remembered.get(digest)
        if found is None or not now < found.until <= now + CACHE_LIFE:
            return None
        return found if self._revisions.stands(found.revision, SERVER) else None

    async def _token_actor(self, token: str) -> Actor:
        digest = token_digest(token)
        now, revision = self._clock.now(), await self._revisions.current()
        found = self._still_good(digest, now)
        if found is None:
            check_form(token)
            found = _Remembered(await self._db.read(_look_up, digest, now), revision, Instant(now + CACHE_LIFE))
            if len(self._remembered) >= CACHE_SIZE:
                self._remembered.clear()
            self._remembered[digest] = found
        expires = found.actor.scope.expires if found.actor.scope else None
        if expires is not None and now >= expires:
            _refuse_expired()
        return found.actor

    async def session(self, secret: str | None) -> SignedIn | None:
        """The session of a cookie; None if it is missing, unknown, over, or its account disabled."""
        if not secret:
            return None
        digest = secret_digest(secret)
        found = await self._db.read(_find_session, digest, self._clock.now())
        if found is None:
            return None
        session, account = found
        return SignedIn(session_actor(account, session.stepped_up, digest), session.csrf, digest)


def digest_of(authorization: str | None) -> str:
    """The digest of the token in an Authorization header; empty if there is none. Raises as `SignIn.actor`."""
    token = _token_in(authorization)
    return "" if token is None else token_digest(token)


def _token_in(authorization: str | None) -> str | None:
    credential = read_authorization(authorization)
    if isinstance(credential, PasswordCredential):
        raise Unauthorised(
            "a password is for the sign-in page only: send a token in its place, made with `pratique token create`"
        )
    return credential.token if credential is not None else None


def session_actor(account: Account, stepped_up_at: Instant | None, session: str) -> Actor:
    """The actor of a signed-in person; `session` is the hash of the session's secret."""
    return Actor(
        ActorKind.USER,
        account.id,
        account.name,
        account.admin,
        stepped_up_at=stepped_up_at,
        session=session,
        frozen=account.frozen_reason,
    )


def _find_session(connection: Connection, digest: str, now: Instant) -> tuple[Session, Account] | None:
    session = accounts.find_session(connection, digest, now)
    account = accounts.find(connection, session.account_id) if session else None
    return (session, account) if session and account else None


def _look_up(connection: Connection, digest: str, now: Instant) -> Actor:
    found = tokens.find(connection, digest)
    if found is None:
        raise Unauthorised("the token is not known here: it may belong to another server, or have been deleted")
    token, account = found
    if token.revoked is not None:
        raise Unauthorised(f'the token "{token.name}" was revoked: make a new one with `pratique token create`')
    if token.expires is not None and now >= token.expires:
        _refuse_expired()
    if account is not None and account.disabled is not None:
        raise Unauthorised(f"the account {account.name} is disabled; an administrator can enable it again")
    return token_actor(token, account)


def check_still_good(connection: Connection, actor: Actor, now: Instant) -> None:
    """Refuse a credential that has ended since the actor was resolved: uploads and password hashes take their time.

    Raises:
        Unauthorised: the token was revoked or has expired, the session was ended, or the account is disabled.
        Forbidden: the account was an administrator's and is no longer, or was frozen.
    """
    if actor.token is not None:
        token = tokens.find_by_id(connection, actor.token)
        if token is None or token.revoked is not None:
            raise Unauthorised("the token was revoked meanwhile: make a new one with `pratique token create`")
        if token.expires is not None and now >= token.expires:
            _refuse_expired()
    if actor.session is not None and accounts.find_session(connection, actor.session, now) is None:
        raise Unauthorised("the session was ended meanwhile: sign in again at /login")
    if actor.account is not None:
        account = accounts.find(connection, actor.account)
        if account is None or account.disabled is not None:
            raise Unauthorised(f"the account {actor.name} was disabled meanwhile; an administrator can enable it again")
        if account.frozen_reason is not None and actor.frozen is None:
            raise Forbidden(
                f"the account {actor.name} is frozen: {account.frozen_reason}; ask again for what it may still do"
            )
        if actor.admin and not account.admin:
            raise Forbidden(f"{actor.name} is no administrator any more: what was asked as one is not done")


async def write_as(
    db: Database, actor: Actor, now: Instant, fn: Callable[Concatenate[Connection, ...], T], *args: Any
) -> T:
    """Write what an actor asked for, in one transaction with the look at whether the actor still is who asked.

    What was proved when the request came in may have ended while it was under way, or while it waited its turn.

    Raises:
        Unauthorised, Forbidden: as `check_still_good`; nothing was changed.
    """
    return await db.write(_if_still_good, actor, now, fn, args)


def _if_still_good(
    connection: Connection,
    actor: Actor,
    now: Instant,
    fn: Callable[Concatenate[Connection, ...], T],
    args: tuple[Any, ...],
) -> T:
    check_still_good(connection, actor, now)
    return fn(connection, *args)


def token_actor(token: Token, account: Account | None) -> Actor:
    """The actor of a token: its own kind and scope, its account's name and rights."""
    return Actor(
        kind=token.kind,
        account=account.id if account else None,
        name=_token_name(token, account),
        admin=account.admin if account else False,
        token=token.id,
        scope=msgspec.structs.replace(token.scope, expires=token.expires),
        frozen=account.frozen_reason if account else None,
    )


def _token_name(token: Token, account: Account | None) -> str:
    if account is None:
        return token.name
    return account.name if token.kind is ActorKind.USER else f"{account.name}/{token.name}"


def _refuse_expired() -> NoReturn:
    raise Unauthorised("the token has expired: make a new one with `pratique token create`")
