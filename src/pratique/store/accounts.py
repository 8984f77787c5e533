"""People: accounts, their sessions, and links that work once."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.errors import Conflict
from pratique.store.dialects import insert
from pratique.store.rows import many, one
from pratique.store.schema import account, one_time_link, session


class Account(msgspec.Struct, frozen=True):
    """One person or team.

    Attributes:
        password: its hash, None where nobody can sign in with one.
        disabled: since when it counts for nothing, None if it does count.
        frozen: since when it publishes nothing, by whom and why; None if it may publish.
    """

    id: int
    name: str
    password: str | None
    admin: bool
    created: Instant
    disabled: Instant | None
    frozen: Instant | None = None
    frozen_by: str | None = None
    frozen_reason: str | None = None


class Session(msgspec.Struct, frozen=True):
    """One browser that signed in.

    Attributes:
        secret_sha256: hash of the cookie's secret.
        csrf: token that forms carry.
        stepped_up: when the password was last given in it.
    """

    secret_sha256: str
    account_id: int
    csrf: str
    created: Instant
    expires: Instant
    stepped_up: Instant | None = None


def create(c: sa.Connection, name: str, password: str | None, admin: bool, now: Instant) -> Account:  # noqa: FBT001
    """Create an account.

    Raises:
        Conflict: the name is taken.
    """
    row = insert(c, account).values(name=name, password=password, admin=admin, created=now)
    made = one(c.execute(row.on_conflict_do_nothing().returning(*account.c)), Account)
    if made is None:
        raise Conflict(f'an account named "{name}" exists already; choose another name')
    return made


def find(c: sa.Connection, account_id: int) -> Account | None:
    """The account of this id, or None."""
    return one(c.execute(sa.select(account).where(account.c.id == account_id)), Account)


def find_by_name(c: sa.Connection, name: str) -> Account | None:
    """The account of exactly this name, or None."""
    return one(c.execute(sa.select(account).where(account.c.name == name)), Account)


def list_all(c: sa.Connection) -> tuple[Account, ...]:
    """Every account, also disabled ones, by name."""
    return many(c.execute(sa.select(account).order_by(account.c.name)), Account)


def count_admins(c: sa.Connection) -> int:
    """How many accounts can administer the server right now."""
    able = (account.c.admin, account.c.disabled.is_(None), account.c.frozen.is_(None))
    wanted = sa.select(sa.func.count()).where(*able)
    return int(c.execute(wanted).scalar_one())


def set_password(c: sa.Connection, account_id: int, password: str) -> None:
    """Set the password's hash, and end every session that the old one had opened."""
    c.execute(account.update().where(account.c.id == account_id).values(password=password))
    end_all_sessions(c, account_id)


def set_admin(c: sa.Connection, account_id: int, admin: bool) -> None:  # noqa: FBT001
    """Make the account an administrator, or a plain user."""
    c.execute(account.update().where(account.c.id == account_id).values(admin=admin))


def disable(c: sa.Connection, account_id: int, now: Instant) -> None:
    """Take every right from the account and end its sessions; the time of the first call stays."""
    c.execute(account.update().where(account.c.id == account_id, account.c.disabled.is_(None)).values(disabled=now))
    end_all_sessions(c, account_id)


def enable(c: sa.Connection, account_id: int) -> None:
    """Give a disabled account its rights back; it has to sign in again."""
    c.execute(account.update().where(account.c.id == account_id).values(disabled=None))


def freeze(c: sa.Connection, account_id: int, by: str, reason: str, now: Instant) -> None:
    """Let the account publish nothing; who is frozen already is frozen anew, for this reason."""
    frozen = {"frozen": now, "frozen_by": by, "frozen_reason": reason}
    c.execute(account.update().where(account.c.id == account_id).values(frozen))


def thaw(c: sa.Connection, account_id: int) -> None:
    """Let a frozen account publish again."""
    thawed = {"frozen": None, "frozen_by": None, "frozen_reason": None}
    c.execute(account.update().where(account.c.id == account_id).values(thawed))


def create_session(c: sa.Connection, new: Session) -> None:
    """Keep a session; sessions that are over are forgotten on the way."""
    c.execute(session.delete().where(session.c.expires <= new.created))
    c.execute(session.insert().values(msgspec.structs.asdict(new)))


def find_session(c: sa.Connection, secret_sha256: str, now: Instant) -> Session | None:
    """The session of this secret, None if there is none, it is over, or its account is disabled."""
    wanted = (
        sa.select(session)
        .join(account, account.c.id == session.c.account_id)
        .where(session.c.secret_sha256 == secret_sha256, session.c.expires > now, account.c.disabled.is_(None))
    )
    return one(c.execute(wanted), Session)


def step_up(c: sa.Connection, secret_sha256: str, now: Instant) -> bool:
    """Record that the password was given again in this session. False if there is no such session any more."""
    stepped = session.update().where(session.c.secret_sha256 == secret_sha256).values(stepped_up=now)
    return c.execute(stepped).rowcount == 1


def end_session(c: sa.Connection, secret_sha256: str) -> None:
    """Sign out; no such session is fine."""
    c.execute(session.delete().where(session.c.secret_sha256 == secret_sha256))


def end_all_sessions(c: sa.Connection, account_id: int) -> None:
    """Sign an account out everywhere."""
    c.execute(session.delete().where(session.c.account_id == account_id))


def create_link(c: sa.Connection, secret_sha256: str, purpose: str, expires: Instant) -> None:
    """Keep a link that may be used once; earlier unused links for the same purpose stop working."""
    c.execute(one_time_link.delete().where(one_time_link.c.purpose == purpose, one_time_link.c.used.is_(None)))
    c.execute(one_time_link.insert().values(secret_sha256=secret_sha256, purpose=purpose, expires=expires))


def end_links(c: sa.Connection) -> None:
    """Nobody uses a link any more that is open now."""
    c.execute(one_time_link.delete().where(one_time_link.c.used.is_(None)))


def link_is_open(c: sa.Connection, secret_sha256: str, purpose: str, now: Instant) -> bool:
    """Whether the link could still be used: for showing its form, never as permission."""
    wanted = sa.select(one_time_link.c.expires).where(*_open_link(secret_sha256, purpose, now))
    return c.execute(wanted).one_or_none() is not None


def use_link(c: sa.Connection, secret_sha256: str, purpose: str, now: Instant) -> bool:
    """Use the link up. True for exactly one caller, within its time."""
    taken = one_time_link.update().where(*_open_link(secret_sha256, purpose, now)).values(used=now)
    return c.execute(taken).rowcount == 1


def _open_link(secret_sha256: str, purpose: str, now: Instant) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        one_time_link.c.secret_sha256 == secret_sha256,
        one_time_link.c.purpose == purpose,
        one_time_link.c.used.is_(None),
        one_time_link.c.expires > now,
    )
