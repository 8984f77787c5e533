"""Become administrator with the one-time link that `pratique up` prints."""

from __future__ import annotations

from aiohttp import web

from pratique.core.errors import Conflict, Invalid, NotFound
from pratique.services.accounts.admin_link import claim_admin_link, link_is_open
from pratique.services.accounts.step_up import start_session
from pratique.trust.passwords import MIN_LENGTH
from pratique.trust.sessions import session_cookie
from pratique.web.asking import Asking, who_asks
from pratique.web.keys import PORTS
from pratique.web.ui.forms import check_guest_form, give_guest_secret, guest_form_secret, read_form
from pratique.web.ui.pages import page, redirect, set_cookie


async def show(request: web.Request) -> web.Response:
    """The form, while the link is good. Looking at it does not use it up: mail scanners look, too."""
    asking = await who_asks(request)
    if not await link_is_open(request.app[PORTS], request.match_info["secret"]):
        raise NotFound("this link is unknown, used or older than 15 minutes: make a new one with `pratique admin link`")
    return _form(request, asking)


def _form(
    request: web.Request, asking: Asking, *, name: str = "", sentence: str = "", status: int = 200
) -> web.Response:
    secret = guest_form_secret(request, asking)
    shown = page(
        "claim.html", None, status=status, guest_csrf=secret, name=name, sentence=sentence, min_length=MIN_LENGTH
    )
    return give_guest_secret(shown, asking, secret)


async def claim(request: web.Request) -> web.Response:
    """Make the account and sign it in, or show the form again with the reason."""
    asking = await who_asks(request)
    form = await read_form(request)
    check_guest_form(request, asking, form)
    name, password = form.text("name").strip(), form.text("password")
    try:
        if password != form.text("again"):
            raise Invalid("the two passwords differ: type the same one twice")
        account = await claim_admin_link(request.app[PORTS], request.match_info["secret"], name, password)
    except (Invalid, Conflict) as error:
        return _form(request, asking, name=name, sentence=str(error), status=error.status)
    secret, _ = await start_session(request.app[PORTS], account)
    response = redirect("/account")
    set_cookie(response, session_cookie(secret, secure=asking.secure))
    return response
