"""Forms of signed-in people, and the password that some of them carry."""

from __future__ import annotations

from aiohttp import web

from pratique.core.actors import Actor
from pratique.core.errors import Unauthorised
from pratique.services.accounts.sign_in import SignedIn
from pratique.services.accounts.step_up import step_up
from pratique.web.asking import Asking, check_form, who_asks
from pratique.web.client_address import client_address
from pratique.web.keys import PASSWORD_GATE, PORTS
from pratique.web.ui.forms import Form, read_form


async def posted(request: web.Request) -> tuple[Asking, SignedIn, Form]:
    """A form of a signed-in person. Raises Unauthorised or Forbidden."""
    asking = await who_asks(request)
    form = await read_form(request)
    if asking.session is None:
        raise Unauthorised("the session is over: sign in again at /login")
    check_form(request, asking, form.text("csrf"))
    return asking, asking.session, form


async def proved(request: web.Request, session: SignedIn, form: Form) -> Actor:
    """The actor, stepped up if the form carried the password. Raises Unauthorised if it is wrong."""
    if not form.text("password"):
        return session.actor
    app = request.app
    return await step_up(app[PORTS], app[PASSWORD_GATE], session, form.text("password"), client_address(request))
