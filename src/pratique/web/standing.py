"""Listings given again without asking the database, while nothing has changed that they were made of."""

from __future__ import annotations

import functools

import msgspec
from aiohttp import web

from pratique.core.actors import Actor
from pratique.core.clock import Instant
from pratique.services.installing.list_project import Listed
from pratique.services.installing.views import Encoded, View
from pratique.services.ports import Ports, Visit
from pratique.upstream import chain
from pratique.web import forwarded
from pratique.web.answers import Asker, Question, Standing
from pratique.web.keys import ACTOR, ANSWERS, PORTS, SIGN_IN


async def find_standing(request: web.Request) -> Encoded | None:
    """The document that answered the same request before, None if it has to go the whole way.

    Raises:
        UnknownHost, Unauthorised, Unavailable: as on the whole way, which asks the same first.
    """
    known = request.app[ANSWERS].of(request.raw_path)
    if known is None or request.method not in ("GET", "HEAD") or chain.VIA in request.headers:
        return None
    public_url = forwarded.public_url(request)
    actor = await request.app[SIGN_IN].actor(request.headers.get("Authorization"))
    ports = request.app[PORTS]
    await ports.revisions.current()
    now = ports.clock.now()
    shared = _question(request, public_url, actor)
    for question in (shared, msgspec.structs.replace(shared, account=actor.account)):
        standing = known.get(question)
        view = _view_of(ports, standing, now) if standing is not None else None
        if view is not None:
            request[ACTOR] = actor
            return view.encoded
    return None


def _view_of(ports: Ports, standing: Standing, now: Instant) -> View | None:
    """The view that still is the answer."""
    if standing.until is not None and now >= standing.until:
        return None
    if not ports.revisions.stands(standing.revision, standing.repository_id, standing.key):
        return None
    view = ports.views.get(standing.view_address)
    return view if view is not None and view.is_in_time(now) else None


def keep_standing(request: web.Request, visit: Visit, listed: Listed) -> None:
    """Remember that a listing answered this request; refusals are decided and explained each time."""
    if listed.view.encoded.rendered.status != 200 or chain.VIA in request.headers:
        return
    question = _question(request, visit.public_url, visit.actor)
    if listed.own:
        question = msgspec.structs.replace(question, account=visit.actor.account)
    standing = Standing(listed.address, visit.repository.id, listed.key, listed.revision, listed.until)
    request.app[ANSWERS].keep(request.raw_path, question, standing)


def _question(request: web.Request, public_url: str, actor: Actor) -> Question:
    headers = request.headers
    accept, encoding = headers.get("Accept", ""), headers.get("Accept-Encoding", "")
    return Question(public_url, accept, encoding, _asker(actor), None)


@functools.lru_cache(maxsize=4_096)
def _asker(actor: Actor) -> Asker:
    scope = actor.scope and msgspec.structs.replace(actor.scope, expires=None)
    return Asker(actor.kind, actor.admin, scope)
