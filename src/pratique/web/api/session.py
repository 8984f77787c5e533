"""The browser's own session: who is signed in, and giving the password again."""

from __future__ import annotations

import msgspec
from aiohttp import web

from pratique.core.actors import Actor
from pratique.core.clock import to_iso
from pratique.core.errors import Invalid, Unauthorised
from pratique.services.accounts.step_up import step_up
from pratique.web.api.answers import success
from pratique.web.asking import CSRF_HEADER, check_form, who_asks
from pratique.web.bodies import read_short_body
from pratique.web.client_address import client_address
from pratique.web.keys import PASSWORD_GATE, PORTS


class SessionShown(msgspec.Struct, frozen=True):
    """Who asks, and for a browser the token that its requests must carry as X-CSRF-Token."""

    name: str
    kind: str
    admin: bool
    stepped_up_at: str | None
    csrf: str | None


class StepUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give the password again."""

    password: str


async def show_session(request: web.Request) -> web.Response:
    """Who the credential says is asking."""
    asking = await who_asks(request)
    return success(_shown(asking.actor, asking.session.csrf if asking.session else None))


async def step_up_session(request: web.Request) -> web.Response:
    """Count the session as stepped up for five minutes. Raises Unauthorised for a wrong password."""
    asking = await who_asks(request)
    if asking.session is None:
        raise Unauthorised("only a browser's session is stepped up: sign in at /login first")
    check_form(request, asking, request.headers.get(CSRF_HEADER))
    try:
        given = msgspec.json.decode(await read_short_body(request), type=StepUp)
    except msgspec.DecodeError as error:
        raise Invalid(f"send the password as JSON: {error}") from None
    app = request.app
    actor = await step_up(app[PORTS], app[PASSWORD_GATE], asking.session, given.password, client_address(request))
    return success(_shown(actor, asking.session.csrf))


def _shown(actor: Actor, csrf: str | None) -> SessionShown:
    when = None if actor.stepped_up_at is None else to_iso(actor.stepped_up_at)
    return SessionShown(actor.name, actor.kind, actor.admin, when, csrf)
