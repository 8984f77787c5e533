"""What waits for people: releases that something speaks against, and new names."""

from __future__ import annotations

from aiohttp import web

from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorised, Unavailable
from pratique.services.accounts.sign_in import SignedIn
from pratique.services.names.name_reviews import DecideReview, approve_name, refuse_name
from pratique.services.reviewing.cases_shown import ListQueue, ShowCase, list_queue, show_case
from pratique.services.reviewing.decide_case import DecideCase, clear_case, confirm_case
from pratique.trust.sessions import stepped_up
from pratique.web.asking import Asking, who_asks
from pratique.web.keys import PORTS
from pratique.web.ui.forms import Form
from pratique.web.ui.pages import page, redirect
from pratique.web.ui.proof import posted, proved

_SHOWN_AGAIN = (Invalid, Forbidden, NotFound, Conflict, Unauthorised, Unavailable)
"""What the page is shown again for, with the sentence."""

_RELEASES = {"clear": clear_case, "confirm": confirm_case}
_NAMES = {"approve": approve_name, "refuse": refuse_name}


async def show(request: web.Request) -> web.Response:
    """The queue, to administrators; or the way to sign in."""
    asking = await who_asks(request)
    if asking.session is None:
        return redirect("/login")
    return await _queue(request, asking, asking.session)


async def show_release(request: web.Request) -> web.Response:
    """What is said against one release: to administrators, and to those who publish it."""
    asking = await who_asks(request)
    if asking.session is None:
        return redirect("/login")
    actor = asking.session.actor
    wanted = ShowCase(request.query.get("purl", ""), request.query.get("repository", "main"))
    found = await show_case(request.app[PORTS], wanted, actor)
    asks = not stepped_up(actor.stepped_up_at, request.app[PORTS].clock.now())
    return page("case.html", asking, it=found, admin=actor.admin, repository=wanted.repository, asks_password=asks)


async def decide(request: web.Request) -> web.Response:
    """Decide on a release or a name, with a reason."""
    asking, session, form = await posted(request)
    try:
        actor = await proved(request, session, form)
        await _decide(request, form, SignedIn(actor, session.csrf, session.secret_sha256))
    except _SHOWN_AGAIN as error:
        return await _queue(request, asking, session, error=error)
    return redirect("/review")


async def _decide(request: web.Request, form: Form, session: SignedIn) -> None:
    ports, what = request.app[PORTS], form.text("what")
    repository, reason = form.text("repository", "main"), form.text("reason")
    if what in _RELEASES:
        named = DecideCase(form.text("purl"), reason, repository, form.text("seen"))
        await _RELEASES[what](ports, named, session.actor)
    elif what in _NAMES:
        name = DecideReview(form.text("ecosystem"), form.text("name"), reason, repository)
        await _NAMES[what](ports, name, session.actor)
    else:
        raise Invalid("choose what is to be done from the page")


async def _queue(
    request: web.Request, asking: Asking, session: SignedIn, *, error: Exception | None = None
) -> web.Response:
    ports = request.app[PORTS]
    repository = request.query.get("repository", "main")
    found = await list_queue(ports, ListQueue(repository=repository), session.actor)
    return page(
        "review.html",
        asking,
        status=getattr(error, "status", 200),
        queue=found,
        repository=repository,
        asks_password=not stepped_up(session.actor.stepped_up_at, ports.clock.now()),
        sentence="" if error is None else str(error),
    )
