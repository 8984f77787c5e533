"""Accounts: add, list, disable, enable, change the password."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.errors import Conflict, Forbidden, NotFound
from pratique.services.accounts.hashing import hash_password
from pratique.services.accounts.sign_in import write_as
from pratique.services.accounts.typed_codes import use_typed_code
from pratique.services.changes import note_change, permit, permit_everywhere
from pratique.services.ports import Ports
from pratique.store import accounts, one_time_codes
from pratique.store.accounts import Account
from pratique.trust.account_names import check_account_name

ENABLED = "account_enabled"
"""Kind of the event."""


class AddUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make an account. Without a password it can hold tokens and not sign in.

    Attributes:
        code: a one-time code of the account page; needed by whoever makes an administrator with a token.
    """

    name: str
    password: str | None = None
    admin: bool = False
    code: str = ""


class ListUsers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List all accounts."""


class DisableUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """End an account's sessions and tokens until it is enabled again."""

    name: str


class EnableUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let a disabled account in again.

    Attributes:
        code: a one-time code of the account page; needed by whoever lets an administrator in with a token.
    """

    name: str
    code: str = ""


class SetPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give an account another password; its sessions end.

    Attributes:
        code: a one-time code of the account page; needed by whoever asks with a token.
    """

    name: str
    password: str
    code: str = ""


class UserShown(msgspec.Struct, frozen=True):
    """One account as shown to administrators. Times are RFC 3339.

    Attributes:
        frozen: why it publishes nothing for now.
    """

    name: str
    admin: bool
    created: str
    disabled: str | None
    has_password: bool
    frozen: str | None = None


class Users(msgspec.Struct, frozen=True):
    """All accounts, by name."""

    users: tuple[UserShown, ...]


def shown(account: Account) -> UserShown:
    """An account without its hash."""
    disabled = None if account.disabled is None else to_iso(account.disabled)
    has_password = account.password is not None
    return UserShown(
        account.name, account.admin, to_iso(account.created), disabled, has_password, account.frozen_reason
    )


async def add_user(ports: Ports, request: AddUser, actor: Actor) -> UserShown:
    """Make an account.

    Raises:
        InvalidName, Invalid: name or password will not do.
        Conflict: there is one of that name.
        Forbidden: the actor is no administrator, or a token makes one without a good code.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.ACCOUNTS, now)
    check_account_name(request.name)
    hashed = None if request.password is None else await hash_password(request.password, request.name)
    return shown(await write_as(ports.db, actor, now, _add, request, hashed, actor, now))


def _add(connection: Connection, request: AddUser, hashed: str | None, actor: Actor, now: Instant) -> Account:
    account = accounts.create(connection, request.name, hashed, request.admin, now)
    if request.admin:
        use_typed_code(connection, actor, Purpose.ADMINISTER, request.code, now)
    body = {"admin": request.admin}
    note_change(connection, "account_created", f"account:{request.name}", body, actor=actor, now=now)
    return account


async def list_users(ports: Ports, request: ListUsers, actor: Actor) -> Users:
    """All accounts. Raises Forbidden to all but administrators."""
    del request
    permit_everywhere(actor, Operation.ACCOUNTS, ports.clock.now())
    found = await ports.db.read(accounts.list_all)
    return Users(tuple(shown(account) for account in found))


async def disable_user(ports: Ports, request: DisableUser, actor: Actor) -> UserShown:
    """Disable an account.

    Raises:
        NotFound: there is none of that name.
        Conflict: it is the last administrator, and the actor is not the operator.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.ACCOUNTS, now)
    return shown(await write_as(ports.db, actor, now, _disable, request.name, actor, now))


async def enable_user(ports: Ports, request: EnableUser, actor: Actor) -> UserShown:
    """Enable a disabled account.

    Raises:
        NotFound: there is none of that name.
        Forbidden: the actor is no administrator, or a token lets one in without a good code.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.ACCOUNTS, now)
    return shown(await write_as(ports.db, actor, now, _enable, request, actor, now))


def _disable(connection: Connection, name: str, actor: Actor, now: Instant) -> Account:
    account = account_named(connection, name)
    last_admin = account.admin and account.disabled is None and accounts.count_admins(connection) <= 1
    if last_admin and actor.kind is not ActorKind.OPERATOR:
        raise Conflict(f"{name} is the only administrator: make another one first, or disable it on the data folder")
    accounts.disable(connection, account.id, now)
    end_links_of(connection, account)
    note_change(connection, "account_disabled", f"account:{name}", {}, actor=actor, now=now)
    return account_named(connection, name)


def _enable(connection: Connection, request: EnableUser, actor: Actor, now: Instant) -> Account:
    account = account_named(connection, request.name)
    if account.admin:
        use_typed_code(connection, actor, Purpose.ADMINISTER, request.code, now)
    accounts.enable(connection, account.id)
    note_change(connection, ENABLED, f"account:{account.name}", {}, actor=actor, now=now)
    return account_named(connection, account.name)


async def set_password(ports: Ports, request: SetPassword, actor: Actor) -> UserShown:
    """See `replace_password`."""
    return shown(await replace_password(ports, request, actor))


async def replace_password(ports: Ports, request: SetPassword, actor: Actor) -> Account:
    """Give an account another password: one's own from a session, or as an administrator another person's.

    A password opens every door of its account, so that no token sets the one of its own account, however wide
    its scope, and somebody else's only with a one-time code; and an administrator who could set another's would be
    two people.

    Returns:
        The account with the new password's hash, so that a session can be started for exactly this password.

    Raises:
        Unauthorised: the session or token ended meanwhile: whoever is late does not have the last word.
        Forbidden, StepUpNeeded: neither one's own nor, for administrators, that of somebody who is none; or a token
            asks without a good code.
        NotFound: there is none of that name.
        Invalid: the password will not do.
    """
    now = ports.clock.now()
    own = actor.account is not None and actor.token is None and actor.name == request.name
    if own:
        permit(actor, Operation.TOKENS, now)
    else:
        permit_everywhere(actor, Operation.ACCOUNTS, now)
    await ports.db.read(_check_whose_password, request.name, actor)
    hashed = await hash_password(request.password, request.name)
    return await write_as(ports.db, actor, now, _set_password, request, hashed, actor, now)


def _check_whose_password(connection: Connection, name: str, actor: Actor) -> Account:
    """The account, if this actor may set its password at all."""
    account = account_named(connection, name)
    if actor.kind is ActorKind.OPERATOR:
        return account
    if account.id == actor.account and actor.token is not None:
        raise Forbidden("no token sets its own account's password: sign in on the account page, and set it there")
    if account.id != actor.account and account.admin:
        raise Forbidden(
            f"{name} is an administrator, too, whose password only {name} sets, or on the data folder "
            "`pratique user password`: two administrators must stay two people"
        )
    return account


def _set_password(connection: Connection, request: SetPassword, hashed: str, actor: Actor, now: Instant) -> Account:
    account = _check_whose_password(connection, request.name, actor)
    use_typed_code(connection, actor, Purpose.ADMINISTER, request.code, now)
    return keep_password(connection, account, hashed, actor, now)


def keep_password(connection: Connection, account: Account, hashed: str, actor: Actor, now: Instant) -> Account:
    """Keep another password's hash, with its event; what the old one had opened ends, but for tokens."""
    accounts.set_password(connection, account.id, hashed)
    one_time_codes.end_all(connection, account.id)
    end_links_of(connection, account)
    note_change(connection, "password_set", f"account:{account.name}", {}, actor=actor, now=now)
    return account_named(connection, account.name)


def end_links_of(connection: Connection, account: Account) -> None:
    """End the links that an account may have made: whoever loses it must not come back as administrator.

    A link does not say who made it, so that all end; they are good for minutes, and made again in one.
    """
    if account.admin:
        accounts.end_links(connection)


def account_named(connection: Connection, name: str) -> Account:
    """The account of this name. Raises NotFound with the way to make one."""
    account = accounts.find_by_name(connection, name)
    if account is None:
        raise NotFound(
            f'there is no account "{name[:80]}": make one with `pratique user add`, or see `pratique user list`'
        )
    return account
