"""`pratique token`: credentials for package clients, CI and agents."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, say_aside, show_table
from pratique.core.actors import ActorKind, Operation
from pratique.core.errors import Invalid
from pratique.services.accounts.tokens import CreateToken, ListTokens, RevokeToken
from pratique.services.verbs import table

app = App(name="token", help="Tokens for package clients, CI jobs, agents and services.")

_KINDS = tuple(kind.value for kind in (ActorKind.USER, ActorKind.CI, ActorKind.AGENT, ActorKind.SERVICE))

Several = Annotated[list[str] | None, Parameter(negative=())]


@app.command
def create(
    name: str,
    *,
    user: str | None = None,
    kind: str = "user",
    can: Several = None,
    ecosystem: Several = None,
    names: Several = None,
    expires: str | None = None,
    code: str = "",
    where: Where = HERE,
) -> None:
    """Make a token. Its secret is printed alone on standard output, this once.

    Args:
        name: to know it again in lists and events.
        user: whose rights it carries; may be left out while there is one account only.
        kind: user, ci, agent or service. Policy is stricter with agents.
        can: what it is good for, repeated or with commas: read, explain, publish, revoke, approve, policy, ...;
            read and explain if not given.
        ecosystem: only these, repeated or with commas; all if not given.
        names: only names like these, `*` for anything: `@acme/*`; all if not given.
        expires: after how long, like `8h` or `30d`; an agent's after 8 hours if not given, others never.
        code: with --server: a one-time code, made for this on your account page.
        where: data folder or server.
    """
    request = CreateToken(
        name=name,
        user=user,
        kind=_kind(kind),
        operations=_operations(can),
        ecosystems=frozenset(parts(ecosystem)),
        names=parts(names) or ("*",),
        expires_in=expires,
        code=code,
    )
    made = ask(table.TOKEN_CREATE, request, where)
    if made:
        end = f", until {day(made.token.expires)} UTC" if made.token.expires else ""
        say_aside(
            f"token {made.token.id} of {made.token.user} for {', '.join(made.token.operations)}{end}; shown once:"
        )
        say(made.secret)


@app.command(name="list")
def list_(*, user: str | None = None, where: Where = HERE) -> None:
    """List tokens, never their secrets.

    Args:
        user: only this account's.
        where: data folder or server.
    """
    found = ask(table.TOKEN_LIST, ListTokens(user), where)
    if found:
        rows = [
            (
                one.id,
                one.user,
                one.name,
                one.kind,
                ",".join(one.operations),
                " ".join((*one.ecosystems, *one.names)),
                "revoked" if one.revoked else day(one.expires) or "never",
            )
            for one in found.tokens
        ]
        nothing = "no tokens yet: make one with `pratique token create NAME`"
        show_table(("id", "user", "name", "kind", "can", "reaches", "ends"), rows, nothing)


@app.command
def revoke(id: int, *, where: Where = HERE) -> None:
    """End a token, everywhere within a second.

    Args:
        id: as `pratique token list` shows it.
        where: data folder or server.
    """
    ended = ask(table.TOKEN_REVOKE, RevokeToken(id), where)
    if ended:
        say(f'token {ended.id} "{ended.name}" is revoked')


def parts(given: list[str] | None) -> tuple[str, ...]:
    """Values of an option that may be repeated or hold commas."""
    return tuple(part.strip() for one in given or () for part in one.split(",") if part.strip())


def _kind(text: str) -> ActorKind:
    if text not in _KINDS:
        raise Invalid(f'"{text}" is no kind of token; there are: {", ".join(_KINDS)}')
    return ActorKind(text)


def _operations(given: list[str] | None) -> frozenset[Operation]:
    wanted = parts(given) or (Operation.READ.value, Operation.EXPLAIN.value)
    known = {one.value for one in Operation}
    unknown = [one for one in wanted if one not in known]
    if unknown:
        raise Invalid(f'"{unknown[0]}" is nothing a token can be good for; there are: {", ".join(sorted(known))}')
    return frozenset(Operation(one) for one in wanted)
