"""One's own account: tokens and password."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorised, Unavailable
from pratique.services.accounts.accounts import SetPassword, replace_password
from pratique.services.accounts.one_time_codes import make_code
from pratique.services.accounts.sign_in import SignedIn
from pratique.services.accounts.step_up import start_session
from pratique.services.accounts.tokens import CreateToken, ListTokens, RevokeToken, TokenCreated, list_tokens
from pratique.services.accounts.tokens import create_token as make_token
from pratique.services.accounts.tokens import revoke_token as end_token
from pratique.trust.passwords import MIN_LENGTH
from pratique.trust.permissions import CEILING
from pratique.trust.sessions import session_cookie, stepped_up
from pratique.web.asking import Asking, who_asks
from pratique.web.keys import PORTS
from pratique.web.ui.pages import page, redirect, set_cookie
from pratique.web.ui.proof import posted, proved

_SHOWN_AGAIN = (Invalid, Forbidden, NotFound, Conflict, Unauthorised, Unavailable)
"""What the form is shown again for, with the sentence."""

_WITHOUT_CODES = (Purpose.LOGIN, Purpose.STATUS, Purpose.YANK, Purpose.UNREVOKE)
"""No package client and no command sends a code for these."""


async def show(request: web.Request) -> web.Response:
    """The page, or the way to sign in."""
    asking = await who_asks(request)
    if asking.session is None:
        return redirect("/login")
    return await _account(request, asking, asking.session)


async def _account(
    request: web.Request,
    asking: Asking,
    session: SignedIn,
    *,
    made: TokenCreated | None = None,
    code: str = "",
    error: Exception | None = None,
) -> web.Response:
    ports = request.app[PORTS]
    asks_password = not stepped_up(session.actor.stepped_up_at, ports.clock.now())
    found = await list_tokens(ports, ListTokens(), session.actor)
    values: dict[str, Any] = {
        "tokens": found.tokens,
        "made": made,
        "admin": session.actor.admin,
        "code": code,
        "purposes": _purposes(session.actor),
        "asks_password": asks_password and made is None and not code,
        "kinds": [kind for kind in ActorKind if kind not in (ActorKind.NOBODY, ActorKind.OPERATOR)],
        "operations": sorted(CEILING[ActorKind.USER]),
        "ecosystems": sorted(ports.ecosystems),
        "min_length": MIN_LENGTH,
        "sentence": "" if error is None else str(error),
    }
    return page("account.html", asking, status=getattr(error, "status", 200), **values)


def _purposes(actor: Actor) -> list[Purpose]:
    """What codes can be sent for, by a package client or a command."""
    not_mine = () if actor.admin else (Purpose.ADMINISTER,)
    return [purpose for purpose in Purpose if purpose not in (*_WITHOUT_CODES, *not_mine)]


async def create_token(request: web.Request) -> web.Response:
    """Make a token and show its secret, this once."""
    asking, session, form = await posted(request)
    try:
        actor = await proved(request, session, form)
        wanted = CreateToken(
            name=form.text("name"),
            kind=_kind(form.text("kind")),
            operations=_operations(form.choices("operations")),
            ecosystems=form.choices("ecosystems"),
            names=tuple(form.text("names").split()) or ("*",),
            expires_in=form.text("expires_in").strip() or None,
        )
        made = await make_token(request.app[PORTS], wanted, actor)
    except _SHOWN_AGAIN as error:
        return await _account(request, asking, session, error=error)
    return await _account(request, asking, session, made=made)


async def revoke_token(request: web.Request) -> web.Response:
    """End one of one's own tokens."""
    asking, session, form = await posted(request)
    try:
        actor = await proved(request, session, form)
        await end_token(request.app[PORTS], RevokeToken(int(request.match_info["id"])), actor)
    except _SHOWN_AGAIN as error:
        return await _account(request, asking, session, error=error)
    return redirect("/account")


async def create_code(request: web.Request) -> web.Response:
    """Make a one-time code and show it, this once."""
    asking, session, form = await posted(request)
    try:
        actor = await proved(request, session, form)
        code = await make_code(request.app[PORTS], actor, _purpose(form.text("purpose")))
    except _SHOWN_AGAIN as error:
        return await _account(request, asking, session, error=error)
    return await _account(request, asking, session, code=code)


async def set_password(request: web.Request) -> web.Response:
    """Change the password. All sessions end; this browser gets a new one."""
    asking, session, form = await posted(request)
    ports = request.app[PORTS]
    try:
        actor = await proved(request, session, form)
        if form.text("new") != form.text("again"):
            raise Invalid("the two new passwords differ: type the same one twice")
        account = await replace_password(ports, SetPassword(actor.name, form.text("new")), actor)
    except _SHOWN_AGAIN as error:
        return await _account(request, asking, session, error=error)
    secret, _ = await start_session(ports, account)
    response = redirect("/account")
    set_cookie(response, session_cookie(secret, secure=asking.secure))
    return response


def _kind(text: str) -> ActorKind:
    try:
        return ActorKind(text)
    except ValueError:
        raise Invalid("choose a kind of token from the list") from None


def _purpose(text: str) -> Purpose:
    try:
        return Purpose(text)
    except ValueError:
        raise Invalid("choose what the code is for from the list") from None


def _operations(texts: frozenset[str]) -> frozenset[Operation]:
    try:
        return frozenset(Operation(text) for text in texts)
    except ValueError:
        raise Invalid("choose what the token is good for from the list") from None
