"""Tokens for machines: kept as hashes, limited by a scope."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.actors import ActorKind, TokenScope
from pratique.core.clock import Instant
from pratique.store.accounts import Account
from pratique.store.schema import account, token


class Token(msgspec.Struct, frozen=True):
    """What is known of one token; never its secret.

    Attributes:
        account_id: whose rights it carries, None for a service.
        kind: what its holder is.
        expires: from then on it is worth nothing.
        revoked: since when it is worth nothing.
    """

    id: int
    account_id: int | None
    name: str
    kind: ActorKind
    scope: TokenScope
    created: Instant
    expires: Instant | None
    revoked: Instant | None


_columns = [column for column in token.c if column.name != "secret_sha256"]
_holder = [column.label(f"account_{column.name}") for column in account.c if column.name != "id"]
_by_secret = (
    sa.select(*_columns, *_holder)
    .outerjoin(account, account.c.id == token.c.account_id)
    .where(token.c.secret_sha256 == sa.bindparam("secret"))
)


def create(
    c: sa.Connection,
    secret_sha256: str,
    account_id: int | None,
    name: str,
    kind: ActorKind,
    scope: TokenScope,
    now: Instant,
) -> Token:
    """Keep a new token; it expires when its scope says so."""
    values = {
        "secret_sha256": secret_sha256,
        "account_id": account_id,
        "name": name,
        "kind": kind.value,
        "scope": msgspec.json.encode(scope).decode(),
        "created": now,
        "expires": scope.expires,
    }
    row = c.execute(token.insert().values(values).returning(*_columns)).mappings().one()
    return _read(row)


def find(c: sa.Connection, secret_sha256: str) -> tuple[Token, Account | None] | None:
    """The token of this secret with its account, None if there is none; whether it still counts is for the caller."""
    row = c.execute(_by_secret, {"secret": secret_sha256}).mappings().one_or_none()
    return None if row is None else (_read(row), _holder_of(row))


def list_for(c: sa.Connection, account_id: int | None) -> tuple[Token, ...]:
    """The tokens of an account, or of everyone for None, in the order of their creation; also those that are over."""
    wanted = sa.select(*_columns).order_by(token.c.id)
    if account_id is not None:
        wanted = wanted.where(token.c.account_id == account_id)
    return tuple(_read(row) for row in c.execute(wanted).mappings())


def find_by_id(c: sa.Connection, token_id: int) -> Token | None:
    """The token of this id, or None."""
    row = c.execute(sa.select(*_columns).where(token.c.id == token_id)).mappings().one_or_none()
    return None if row is None else _read(row)


def revoke(c: sa.Connection, token_id: int, now: Instant) -> bool:
    """Make a token worthless. False if there is no such token or it was revoked before."""
    ended = token.update().where(token.c.id == token_id, token.c.revoked.is_(None)).values(revoked=now)
    return c.execute(ended).rowcount == 1


def revoke_all(c: sa.Connection, account_id: int, now: Instant) -> int:
    """Make every token of an account worthless; how many were not yet."""
    ended = token.update().where(token.c.account_id == account_id, token.c.revoked.is_(None)).values(revoked=now)
    return c.execute(ended).rowcount


def _read(row: sa.RowMapping) -> Token:
    return Token(
        id=row["id"],
        account_id=row["account_id"],
        name=row["name"],
        kind=ActorKind(row["kind"]),
        scope=msgspec.json.decode(row["scope"], type=TokenScope),
        created=Instant(row["created"]),
        expires=row["expires"],
        revoked=row["revoked"],
    )


def _holder_of(row: sa.RowMapping) -> Account | None:
    if row["account_id"] is None:
        return None
    return Account(
        id=row["account_id"],
        name=row["account_name"],
        password=row["account_password"],
        admin=row["account_admin"],
        created=Instant(row["account_created"]),
        disabled=row["account_disabled"],
    )
