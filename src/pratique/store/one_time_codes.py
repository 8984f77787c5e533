"""Codes that prove once that a person has just given the password. Kept as hashes only."""

from __future__ import annotations

import sqlalchemy as sa

from pratique.core.account_verbs import Purpose
from pratique.core.clock import Instant
from pratique.store.schema import one_time_code


def add(
    c: sa.Connection,
    secret_sha256: str,
    *,
    account_id: int,
    purpose: Purpose,
    subject: str,
    now: Instant,
    expires: Instant,
) -> None:
    """Keep a code; those that are over are forgotten on the way."""
    c.execute(one_time_code.delete().where(one_time_code.c.expires <= now))
    values = {"account_id": account_id, "purpose": purpose.value, "subject": subject, "created": now}
    c.execute(one_time_code.insert().values(secret_sha256=secret_sha256, expires=expires, **values))


def use(c: sa.Connection, secret_sha256: str, *, account_id: int, purpose: Purpose, subject: str, now: Instant) -> bool:
    """Use a code up. True for exactly one caller, for the account and purpose that it was made for, within its time.

    A code made for no project in particular is good for any.
    """
    taken = one_time_code.update().where(*_good(secret_sha256, account_id, purpose, subject, now))
    return c.execute(taken.values(used=now)).rowcount == 1


def is_good(
    c: sa.Connection, secret_sha256: str, *, account_id: int, purpose: Purpose, subject: str, now: Instant
) -> bool:
    """Whether `use` would use it up now."""
    wanted = sa.select(one_time_code.c.expires).where(*_good(secret_sha256, account_id, purpose, subject, now))
    return c.execute(wanted).first() is not None


def _good(
    secret_sha256: str, account_id: int, purpose: Purpose, subject: str, now: Instant
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        one_time_code.c.secret_sha256 == secret_sha256,
        one_time_code.c.account_id == account_id,
        one_time_code.c.purpose == purpose.value,
        one_time_code.c.subject.in_(("", subject)),
        one_time_code.c.used.is_(None),
        one_time_code.c.expires > now,
    )


def end_unused(c: sa.Connection, secret_sha256: str) -> bool:
    """Forget a code that nobody has used; False if somebody has, or it is over."""
    unused = one_time_code.delete().where(
        one_time_code.c.secret_sha256 == secret_sha256, one_time_code.c.used.is_(None)
    )
    return c.execute(unused).rowcount == 1


def end_all(c: sa.Connection, account_id: int) -> None:
    """Forget every code of an account: its password is another one now."""
    c.execute(one_time_code.delete().where(one_time_code.c.account_id == account_id))
