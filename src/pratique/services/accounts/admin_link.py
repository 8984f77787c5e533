"""The first administrator: a link that works once, for fifteen minutes."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import NOBODY, OPERATOR, Actor, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.errors import NotFound
from pratique.core.events import new_event
from pratique.services.accounts.hashing import hash_password
from pratique.services.accounts.sign_in import write_as
from pratique.services.accounts.typed_codes import use_typed_code
from pratique.services.changes import note_change, permit_everywhere
from pratique.services.ports import Ports
from pratique.store import accounts, events
from pratique.store.accounts import Account
from pratique.trust.account_names import check_account_name
from pratique.trust.sessions import LINK_LIFE, new_secret, secret_digest

PURPOSE = "admin"


class MakeAdminLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for a link with which someone becomes administrator.

    Attributes:
        code: a one-time code of the account page; needed by whoever asks with a token.
    """

    code: str = ""


class AdminLink(msgspec.Struct, frozen=True):
    """A link to hand to one person.

    Attributes:
        url: holds the secret: shown once, never stored or logged.
        expires: RFC 3339.
    """

    url: str
    expires: str


async def make_admin_link(ports: Ports, request: MakeAdminLink, actor: Actor) -> AdminLink:
    """Make a link. Raises Forbidden to all but administrators and the operator, and to tokens without a good code."""
    now = ports.clock.now()
    permit_everywhere(actor, Operation.ACCOUNTS, now)
    return await write_as(ports.db, actor, now, _make, request.code, ports.public_url, now, actor)


def _make(connection: Connection, code: str, public_url: str, now: Instant, actor: Actor) -> AdminLink:
    use_typed_code(connection, actor, Purpose.ADMINISTER, code, now)
    return create_admin_link(connection, public_url, now, actor)


def create_admin_link(connection: Connection, public_url: str, now: Instant, actor: Actor = OPERATOR) -> AdminLink:
    """Store a link's hash and give the link; `pratique up` calls this before there are ports."""
    secret, expires = new_secret(), Instant(now + LINK_LIFE)
    accounts.create_link(connection, secret_digest(secret), PURPOSE, expires)
    events.append(connection, new_event("admin_link_made", now, actor, "server", {"expires": expires}))
    return AdminLink(f"{public_url}/admin/claim/{secret}", to_iso(expires))


async def claim_admin_link(ports: Ports, secret: str, name: str, password: str) -> Account:
    """Become administrator with an unused link.

    Raises:
        InvalidName, Invalid: the name or password will not do; the link stays good.
        Conflict: the account name is taken; the link stays good.
        NotFound: the link is unknown, used or expired.
    """
    check_account_name(name)
    if not await link_is_open(ports, secret):
        raise _closed()
    hashed = await hash_password(password, name)
    return await ports.db.write(_claim, secret_digest(secret), name, hashed, ports.clock.now())


def _claim(connection: Connection, digest: str, name: str, hashed: str, now: Instant) -> Account:
    if not accounts.use_link(connection, digest, PURPOSE, now):
        raise _closed()
    account = accounts.create(connection, name, hashed, True, now)  # noqa: FBT003
    body = {"admin": True, "by_link": True}
    note_change(connection, "account_created", f"account:{name}", body, actor=NOBODY, now=now)
    return account


async def link_is_open(ports: Ports, secret: str) -> bool:
    """Whether the link can still be used: for showing its form."""
    return await ports.db.read(accounts.link_is_open, secret_digest(secret), PURPOSE, ports.clock.now())


def _closed() -> NotFound:
    return NotFound(
        "this link is unknown, ended, used or older than 15 minutes: make a new one with `pratique admin link`"
    )
