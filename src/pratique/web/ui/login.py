"""Sign in and out."""

from __future__ import annotations

import re

from aiohttp import web

from pratique.core.errors import Unauthorised, Unavailable
from pratique.services.accounts.step_up import sign_in as start_session
from pratique.services.accounts.step_up import sign_out as end_session
from pratique.trust.sessions import ended_session_cookie, session_cookie
from pratique.web.asking import Asking, check_form, check_origin, who_asks
from pratique.web.client_address import client_address
from pratique.web.keys import PASSWORD_GATE, PORTS
from pratique.web.ui.forms import check_guest_form, give_guest_secret, guest_form_secret, read_form
from pratique.web.ui.pages import page, redirect, set_cookie

_OWN_PATH = re.compile(r"/(?![/\\])[!-~]{0,500}\Z")


async def show(request: web.Request) -> web.Response:
    """The sign-in form."""
    asking = await who_asks(request)
    return _form(request, asking, onward(request.query.get("next")))


def onward(path: str | None) -> str:
    """Where to go after signing in: a path of ours, and never another site."""
    return path if path and _OWN_PATH.match(path) else "/account"


def _form(
    request: web.Request, asking: Asking, after: str, *, name: str = "", sentence: str = "", status: int = 200
) -> web.Response:
    secret = guest_form_secret(request, asking)
    shown = page("login.html", None, status=status, guest_csrf=secret, name=name, sentence=sentence, after=after)
    return give_guest_secret(shown, asking, secret)


async def sign_in(request: web.Request) -> web.Response:
    """Start a session, or show the form again with the reason."""
    asking = await who_asks(request)
    form = await read_form(request)
    check_guest_form(request, asking, form)
    name, after = form.text("name").strip(), onward(form.text("next"))
    app = request.app
    try:
        secret, _ = await start_session(
            app[PORTS], app[PASSWORD_GATE], name, form.text("password"), client_address(request)
        )
    except (Unauthorised, Unavailable) as error:
        return _form(request, asking, after, name=name, sentence=str(error), status=error.status)
    response = redirect(after)
    set_cookie(response, session_cookie(secret, secure=asking.secure))
    return response


async def sign_out(request: web.Request) -> web.Response:
    """End the session. Without one there is nothing to end, and no cookie is touched."""
    asking = await who_asks(request)
    check_origin(request)
    form = await read_form(request)
    check_form(request, asking, form.text("csrf"))
    response = redirect("/")
    if asking.session is None:
        return response
    await end_session(request.app[PORTS], asking.session)
    set_cookie(response, ended_session_cookie(secure=asking.secure))
    return response
