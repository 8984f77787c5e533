"""Confirm what a client in a terminal asks for: signing in, or something that needs the password again."""

from __future__ import annotations

from aiohttp import web

from pratique.core.account_verbs import Purpose
from pratique.core.errors import Forbidden, Unauthorised, Unavailable
from pratique.services.accounts.challenges import confirm, look_at, refuse
from pratique.services.accounts.sign_in import SignedIn
from pratique.store.challenges import Challenge
from pratique.trust.sessions import stepped_up
from pratique.web.asking import Asking, who_asks
from pratique.web.keys import PORTS
from pratique.web.ui.pages import page, redirect
from pratique.web.ui.proof import posted, proved


async def show(request: web.Request) -> web.Response:
    """Who asks for what. Looking answers nothing: mail scanners and other people's links look, too."""
    asking = await who_asks(request)
    asked = await look_at(request.app[PORTS], request.match_info["secret"])
    if asking.session is None:
        return redirect(f"/login?next={request.path}")
    return _form(request, asking, asking.session, asked)


def _form(
    request: web.Request, asking: Asking, session: SignedIn, asked: Challenge, *, error: Exception | None = None
) -> web.Response:
    return page(
        "confirm.html",
        asking,
        status=getattr(error, "status", 200),
        it=asked,
        login=asked.purpose is Purpose.LOGIN,
        other=asked.account_id not in (None, session.actor.account),
        asks_password=not stepped_up(session.actor.stepped_up_at, request.app[PORTS].clock.now()),
        sentence="" if error is None else str(error),
    )


async def answer(request: web.Request) -> web.Response:
    """Yes or no, as the person who is signed in."""
    asking, session, form = await posted(request)
    ports, secret = request.app[PORTS], request.match_info["secret"]
    asked = await look_at(ports, secret)
    if form.text("answer") != "yes":
        await refuse(ports, secret, session.actor)
        return page("confirmed.html", asking, said_yes=False, code="", doing=asked.purpose.doing)
    try:
        code = await confirm(ports, secret, await proved(request, session, form))
    except (Forbidden, Unauthorised, Unavailable) as error:
        return _form(request, asking, session, asked, error=error)
    return page("confirmed.html", asking, said_yes=True, code=code, doing=asked.purpose.doing)
