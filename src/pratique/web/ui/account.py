"""One's own account: tokens and password."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorised, Unavailable
from pratique.services.accounts import SetPassword, replace_password
from pratique.services.sign_in import SignedIn
from pratique.services.step_up import start_session, step_up
from pratique.services.tokens import CreateToken, ListTokens, RevokeToken, TokenCreated, list_tokens
from pratique.services.tokens import create_token as make_token
from pratique.services.tokens import revoke_token as end_token
from pratique.trust.passwords import MIN_LENGTH
from pratique.trust.permissions import CEILING
from pratique.trust.sessions import session_cookie, stepped_up
from pratique.web.asking import Asking, check_form, who_asks
from pratique.web.client_address import client_address
from pratique.web.keys import PASSWORD_GATE, PORTS
from pratique.web.ui.forms import Form, read_form
from pratique.web.ui.pages import page, redirect, set_cookie

_SHOWN_AGAIN = (Invalid, Forbidden, NotFound, Conflict, Unauthorised, Unavailable)
"""What the form is shown again for, with the sentence."""


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
    error: Exception | None = None,
) -> web.Response:
    ports = request.app[PORTS]
    asks_password = not stepped_up(session.actor.stepped_up_at, ports.clock.now())
    found = await list_tokens(ports, ListTokens(), session.actor)
    values: dict[str, Any] = {
        "tokens": found.tokens,
        "made": made,
        "admin": session.actor.admin,
        "asks_password": asks_password and made is None,
        "kinds": [kind for kind in ActorKind if kind not in (ActorKind.NOBODY, ActorKind.OPERATOR)],
        "operations": sorted(CEILING[ActorKind.USER]),
        "ecosystems": sorted(ports.ecosystems),
        "min_length": MIN_LENGTH,
        "sentence": "" if error is None else str(error),
    }
    return page("account.html", asking, status=getattr(error, "status", 200), **values)


async def create_token(request: web.Request) -> web.Response:
    """Make a token and show its secret, this once."""
    asking, session, form = await _posted(request)
    try:
        actor = await _proved(request, session, form)
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
    asking, session, form = await _posted(request)
    try:
        actor = await _proved(request, session, form)
        await end_token(request.app[PORTS], RevokeToken(int(request.match_info["id"])), actor)
    except _SHOWN_AGAIN as error:
        return await _account(request, asking, session, error=error)
    return redirect("/account")


async def set_password(request: web.Request) -> web.Response:
    """Change the password. All sessions end; this browser gets a new one."""
    asking, session, form = await _posted(request)
    ports = request.app[PORTS]
    try:
        actor = await _proved(request, session, form)
        if form.text("new") != form.text("again"):
            raise Invalid("the two new passwords differ: type the same one twice")
        account = await replace_password(ports, SetPassword(actor.name, form.text("new")), actor)
    except _SHOWN_AGAIN as error:
        return await _account(request, asking, session, error=error)
    secret, _ = await start_session(ports, account)
    response = redirect("/account")
    set_cookie(response, session_cookie(secret, secure=asking.secure))
    return response


async def _posted(request: web.Request) -> tuple[Asking, SignedIn, Form]:
    """A form of a signed-in person. Raises Unauthorised or Forbidden."""
    asking = await who_asks(request)
    form = await read_form(request)
    if asking.session is None:
        raise Unauthorised("the session is over: sign in again at /login")
    check_form(request, asking, form.text("csrf"))
    return asking, asking.session, form


async def _proved(request: web.Request, session: SignedIn, form: Form) -> Actor:
    """The actor, stepped up if the form carried the password. Raises Unauthorised if it is wrong."""
    if not form.text("password"):
        return session.actor
    app = request.app
    return await step_up(app[PORTS], app[PASSWORD_GATE], session, form.text("password"), client_address(request))


def _kind(text: str) -> ActorKind:
    try:
        return ActorKind(text)
    except ValueError:
        raise Invalid("choose a kind of token from the list") from None


def _operations(texts: frozenset[str]) -> frozenset[Operation]:
    try:
        return frozenset(Operation(text) for text in texts)
    except ValueError:
        raise Invalid("choose what the token is good for from the list") from None
