"""Tokens: make, list, revoke. None can do more than whoever makes it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, ActorKind, Operation, TokenScope
from pratique.core.clock import HOUR, Instant, in_words, to_iso
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Forbidden, Invalid, NotFound
from pratique.core.globs import MAX_GLOBS
from pratique.services.accounts.accounts import account_named
from pratique.services.accounts.sign_in import write_as
from pratique.services.accounts.typed_codes import use_typed_code
from pratique.services.changes import note_change, permit, permit_everywhere
from pratique.services.durations import read_duration
from pratique.services.name_globs import canonical_glob, ecosystem_named
from pratique.services.ports import Ports
from pratique.store import accounts, tokens
from pratique.store.accounts import Account
from pratique.store.tokens import Token
from pratique.trust.permissions import CEILING
from pratique.trust.tokens import new_token, token_digest

AGENT_LIFE = 8 * HOUR
AGENT_MAX_LIFE = 24 * HOUR

_KINDS = (ActorKind.USER, ActorKind.CI, ActorKind.AGENT, ActorKind.SERVICE)
_ADMIN_OPERATIONS = frozenset({Operation.APPROVE, Operation.POLICY, Operation.ACCOUNTS})


class CreateToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make a token.

    Attributes:
        user: whose rights it carries; None: the maker's, or on the data folder the only account's.
        name: to tell it from others in lists and events.
        kind: user, ci, agent or service.
        operations: what it is good for.
        ecosystems: ids; empty for all.
        names: globs over project names, at most a hundred.
        expires_in: a duration; None: as long as the token that asks, else never, for agents eight hours.
        code: a one-time code of the account page; needed by whoever asks with a token.
    """

    name: str
    user: str | None = None
    kind: ActorKind = ActorKind.USER
    operations: frozenset[Operation] = frozenset({Operation.READ, Operation.EXPLAIN})
    ecosystems: frozenset[str] = frozenset()
    names: tuple[str, ...] = ("*",)
    expires_in: str | None = None
    code: str = ""


class ListTokens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List the actor's own tokens, one account's, or everyone's."""

    user: str | None = None


class RevokeToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """End a token."""

    id: int


class TokenShown(msgspec.Struct, frozen=True):
    """One token without its secret. Times are RFC 3339."""

    id: int
    name: str
    user: str | None
    kind: ActorKind
    operations: tuple[str, ...]
    ecosystems: tuple[str, ...]
    names: tuple[str, ...]
    created: str
    expires: str | None
    revoked: str | None


class TokenCreated(msgspec.Struct, frozen=True):
    """A new token. `secret` is shown this once and kept nowhere."""

    secret: str
    token: TokenShown


class Tokens(msgspec.Struct, frozen=True):
    """Tokens, oldest first, also those that are over."""

    tokens: tuple[TokenShown, ...]


async def create_token(ports: Ports, request: CreateToken, actor: Actor) -> TokenCreated:
    """The verb. With a token it takes a one-time code: a stolen one makes none that outlives it unseen.

    Raises:
        Invalid, Forbidden: as `scope_within`; or a token asks without a good code.
        NotFound: there is no such account.
    """
    now = ports.clock.now()
    permit(actor, Operation.TOKENS, now)
    scope = scope_within(request, ports.ecosystems, actor, now)
    secret = new_token()
    made = await write_as(ports.db, actor, now, _record_proved, request, scope, token_digest(secret), actor, now)
    return TokenCreated(secret, made)


def _record_proved(
    connection: Connection, request: CreateToken, scope: TokenScope, digest: str, actor: Actor, now: Instant
) -> TokenShown:
    """Keep it, and use up the code that whoever asks with a token has to send. Raises as `record_token`."""
    made = record_token(connection, request, scope, digest, actor, now)
    use_typed_code(connection, actor, Purpose.TOKENS, request.code, now)
    return made


def scope_within(request: CreateToken, ecosystems: Mapping[str, Ecosystem], actor: Actor, now: Instant) -> TokenScope:
    """The limits that a request asks for, which lie within those of the token that asks; its end, if none is asked for.

    Raises:
        Invalid: name, kind, scope or expiry cannot be right.
        Forbidden: a token asks for one of another kind, or for a wider one.
    """
    scope = scope_of(request, ecosystems, now)
    if scope.expires is None and actor.scope is not None:
        scope = msgspec.structs.replace(scope, expires=actor.scope.expires)
    _check_kind(request.kind, actor)
    _check_within(scope, actor, now)
    return scope


def scope_of(request: CreateToken, ecosystems: Mapping[str, Ecosystem], now: Instant) -> TokenScope:
    """The limits that a request for a token asks for. Raises Invalid."""
    if not request.name.strip() or len(request.name) > 100 or not request.name.isprintable():
        raise Invalid("give the token a name of 1 to 100 printable characters, so that you know it again")
    if request.kind not in _KINDS:
        raise Invalid(f"a token is of kind {', '.join(_KINDS)}; not {request.kind}")
    if not request.operations:
        raise Invalid(f"say what the token is good for: {', '.join(sorted(CEILING[request.kind]))}")
    beyond = request.operations - CEILING[request.kind]
    if beyond:
        raise Invalid(
            f"a token of kind {request.kind} can never be good for {', '.join(sorted(beyond))}; "
            f"only for: {', '.join(sorted(CEILING[request.kind]))}"
        )
    if len(request.names) > MAX_GLOBS:
        raise Invalid(
            f"a token reaches at most {MAX_GLOBS} names, and this says {len(request.names):,}: every request is held "
            "against each of them; say more with a glob (`@acme/*`), or make several tokens"
        )
    chosen = [ecosystem_named(ecosystems, name) for name in sorted(request.ecosystems)]
    names = tuple(dict.fromkeys(glob for name in request.names for glob in _globs(name, chosen, ecosystems)))
    if not names:
        raise Invalid("say which names the token reaches: `*` for all")
    return TokenScope(request.operations, frozenset(request.ecosystems), names, _expiry(request, now))


def _globs(name: str, chosen: list[Ecosystem], ecosystems: Mapping[str, Ecosystem]) -> tuple[str, ...]:
    """The glob as each ecosystem of the scope spells it; at least one must know such names."""
    found, last = [], None
    for ecosystem in chosen or ecosystems.values():
        try:
            found.append(canonical_glob(ecosystem, name))
        except Invalid as error:
            last = error
    if not found and last is not None:
        raise last
    return tuple(found)


def _expiry(request: CreateToken, now: Instant) -> Instant | None:
    life = None if request.expires_in is None else read_duration(request.expires_in)
    if request.kind is ActorKind.AGENT:
        life = AGENT_LIFE if life is None else life
        if life > AGENT_MAX_LIFE:
            raise Invalid(f"an agent's token lives at most {in_words(AGENT_MAX_LIFE)}; make a new one for each task")
    return None if life is None else Instant(now + life)


def _check_kind(kind: ActorKind, actor: Actor) -> None:
    """Policy and `services.publishing.publish_proof` tell them apart: a token must not choose one for itself."""
    if actor.token is not None and kind is not actor.kind:
        raise Forbidden(
            f"a token of kind {actor.kind} makes none of kind {kind}: sign in at /account of this server and make it "
            "there, or on the data folder with `pratique token create`"
        )


def _check_within(scope: TokenScope, actor: Actor, now: Instant) -> None:
    """A token made with a token cannot do more, reach further, or live longer than that one."""
    mine = actor.scope
    if mine is None:
        return
    more = scope.operations - mine.operations
    wider = mine.ecosystems and (not scope.ecosystems or not scope.ecosystems <= mine.ecosystems)
    further = mine.names != ("*",) and not set(scope.names) <= set(mine.names)
    if more or wider or further:
        beyond = ", ".join(sorted(more)) or ("ecosystems" if wider else "names")
        raise Forbidden(f"a token cannot be wider than the one that makes it: {beyond}")
    if mine.expires is not None and (scope.expires is None or scope.expires > mine.expires):
        raise Forbidden(
            f"a token does not outlive the one that makes it, which ends in {in_words(max(0, mine.expires - now))}: "
            "give the password, which npm asks for, or a shorter time with --expires, or make it at /account"
        )


def record_token(
    connection: Connection, request: CreateToken, scope: TokenScope, digest: str, actor: Actor, now: Instant
) -> TokenShown:
    """Keep a new token's hash, with its event. Raises Forbidden, NotFound, Invalid."""
    account = _holder(connection, request.user, actor)
    _check_administrator(scope, account, actor)
    token = tokens.create(connection, digest, account.id, request.name.strip(), request.kind, scope, now)
    body = {"token": token.id, "name": token.name, "kind": str(token.kind), "operations": sorted(scope.operations)}
    note_change(connection, "token_created", f"account:{account.name}", body, actor=actor, now=now)
    return shown(token, account.name)


def _check_administrator(scope: TokenScope, account: Account, actor: Actor) -> None:
    """What needs an administrator, a token does only for one; and an administrator's tokens nobody else makes afar."""
    grave = ", ".join(sorted(scope.operations & _ADMIN_OPERATIONS))
    if grave and not account.admin:
        raise Forbidden(f"{account.name} is no administrator, so a token of this account is not good for {grave}")
    if account.admin and account.id != actor.account and actor.kind is not ActorKind.OPERATOR:
        raise Forbidden(
            f"{account.name} is an administrator, too, whose tokens only {account.name} makes, or on the data folder "
            "`pratique token create`: two administrators must stay two people"
        )


def _holder(connection: Connection, user: str | None, actor: Actor) -> Account:
    """Whose token it becomes: one's own; an administrator may make one for somebody else."""
    if user is not None and user != actor.name:
        _check_makes_for_others(actor)  # before it is looked up, or everyone could ask which accounts there are
    if user is not None:
        account = account_named(connection, user)
    elif actor.account is not None:
        found = accounts.find(connection, actor.account)
        assert found is not None
        account = found
    else:
        account = _only_account(connection)
    if account.disabled is not None:
        raise Invalid(f"the account {account.name} is disabled: enable it first with `pratique user enable`")
    return account


def _check_makes_for_others(actor: Actor) -> None:
    if not actor.admin:
        raise Forbidden(f"only an administrator makes tokens for somebody else; {actor.name} is none")
    if not _reaches_accounts(actor):
        raise Forbidden("making tokens for somebody else needs a token whose scope names `accounts`, for all names")


def _reaches_accounts(actor: Actor) -> bool:
    """Whether the actor's token, if it is one, is meant for other people's accounts."""
    scope = actor.scope
    return scope is None or (Operation.ACCOUNTS in scope.operations and scope.is_everywhere)


def _only_account(connection: Connection) -> Account:
    enabled = [account for account in accounts.list_all(connection) if account.disabled is None]
    if len(enabled) == 1:
        return enabled[0]
    if not enabled:
        raise Invalid("a token belongs to an account, and there is none yet: make one with `pratique user add NAME`")
    raise Invalid(f"say whose token it is with `--user`: {', '.join(account.name for account in enabled)}")


async def list_tokens(ports: Ports, request: ListTokens, actor: Actor) -> Tokens:
    """One's own tokens; for administrators any account's, and everyone's where none is named.

    Raises:
        Forbidden: somebody else's, and the actor is no administrator.
        NotFound: there is no such account.
    """
    everyone = request.user is None and actor.account is None
    others = everyone or (request.user is not None and request.user != actor.name)
    signed_in = actor.account is not None and actor.token is None
    if others or not signed_in:
        check = permit_everywhere if others else permit
        check(actor, Operation.ACCOUNTS if others else Operation.TOKENS, ports.clock.now())
    return await ports.db.read(_list, request.user, actor)


def _list(connection: Connection, user: str | None, actor: Actor) -> Tokens:
    account = account_named(connection, user).id if user is not None else actor.account
    names = {one.id: one.name for one in accounts.list_all(connection)}
    found = tokens.list_for(connection, account)
    return Tokens(tuple(shown(token, names.get(token.account_id or 0)) for token in found))


async def revoke_token(ports: Ports, request: RevokeToken, actor: Actor) -> TokenShown:
    """End a token, on every process within a second.

    Raises:
        NotFound: there is none of this id, or it is somebody else's.
        Forbidden: it is somebody else's, and the administrator's own token is not good for `accounts`.
    """
    now = ports.clock.now()
    permit(actor, Operation.TOKENS, now)
    return await write_as(ports.db, actor, now, _revoke, request.id, actor, now)


def _revoke(connection: Connection, token_id: int, actor: Actor, now: Instant) -> TokenShown:
    token = tokens.find_by_id(connection, token_id)
    if token is None or (token.account_id != actor.account and not actor.admin):
        raise NotFound(f"there is no token {token_id} of yours: see `pratique token list`")
    if token.account_id != actor.account and not _reaches_accounts(actor):
        raise Forbidden("ending the token of somebody else needs a token whose scope names `accounts`, for all names")
    holder = accounts.find(connection, token.account_id) if token.account_id else None
    name = holder.name if holder else None
    end(connection, token, name, actor, now)
    return shown(tokens.find_by_id(connection, token_id) or token, name)


def end(connection: Connection, token: Token, holder: str | None, actor: Actor, now: Instant) -> None:
    """Make a token worthless, with its event; one that was so already stays as it is."""
    if tokens.revoke(connection, token.id, now):
        if Operation.ACCOUNTS in token.scope.operations:
            accounts.end_links(connection)  # it may have made one, which would outlive it
        body = {"token": token.id, "name": token.name}
        note_change(connection, "token_revoked", f"account:{holder}", body, actor=actor, now=now)


def shown(token: Token, user: str | None) -> TokenShown:
    """A token as people see it."""
    return TokenShown(
        id=token.id,
        name=token.name,
        user=user,
        kind=token.kind,
        operations=tuple(sorted(token.scope.operations)),
        ecosystems=tuple(sorted(token.scope.ecosystems)),
        names=token.scope.names,
        created=to_iso(token.created),
        expires=None if token.expires is None else to_iso(token.expires),
        revoked=None if token.revoked is None else to_iso(token.revoked),
    )
