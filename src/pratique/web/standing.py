"""What was answered before is answered again without deciding anew, while nothing has changed that it hangs on."""

from __future__ import annotations

import functools

import msgspec
from aiohttp import web

from pratique.core.actors import Actor
from pratique.core.clock import Instant
from pratique.services.installing.file_answers import FileAnswer
from pratique.services.installing.get_cleared import get_cleared
from pratique.services.installing.list_project import Listed
from pratique.services.installing.views import View
from pratique.services.ports import Ports, Visit
from pratique.upstream import chain
from pratique.web import forwarded
from pratique.web.answers import Asker, Question, Standing, StandingFile, StandingListing
from pratique.web.documents import answer_document
from pratique.web.entrance import identify
from pratique.web.files import send_file
from pratique.web.keys import ANSWERS, PORTS


async def answer_again(request: web.Request) -> web.StreamResponse | None:
    """The answer to a request that was answered before; None if it has to go the whole way.

    Raises:
        UnknownHost, Unauthorised, TooOften, Unavailable: as on the whole way, which asks the same first.
    """
    known = request.app[ANSWERS].of(request.raw_path)
    if known is None or chain.VIA in request.headers or request.method not in ("GET", "HEAD"):
        return None
    public_url = forwarded.public_url(request)
    actor = await identify(request)
    shared = _question(request, public_url, actor)
    for question in (shared, msgspec.structs.replace(shared, account=actor.account)):
        standing = known.get(question)
        response = await _answer(request, standing, actor) if standing is not None else None
        if response is not None:
            return response
    return None


async def _answer(request: web.Request, standing: Standing, actor: Actor) -> web.StreamResponse | None:
    ports = request.app[PORTS]
    if isinstance(standing, StandingListing):
        await ports.revisions.current()
        view = _view_of(ports, standing, ports.clock.now())
        return answer_document(request, view.encoded) if view is not None else None
    if request.method == "HEAD":
        return None
    stored = await get_cleared(ports, standing.cleared, actor)
    return await send_file(request, FileAnswer(stored, standing.headers)) if stored is not None else None


def _view_of(ports: Ports, standing: StandingListing, now: Instant) -> View | None:
    """The view that still is the answer."""
    if not standing.is_in_time(now):
        return None
    if not ports.revisions.stands(standing.revision, standing.repository_id, standing.key):
        return None
    view = ports.views.get(standing.view_address)
    if view is None or view.encoded.etag != standing.etag or not view.is_in_time(now):
        return None
    return view


def keep_listing(request: web.Request, visit: Visit, listed: Listed) -> None:
    """Remember that a listing answered this request; refusals are decided and explained each time."""
    if listed.view.encoded.rendered.status == 200:
        standing = StandingListing(
            listed.address,
            listed.view.encoded.etag,
            visit.repository.id,
            listed.key,
            listed.revision,
            request.app[PORTS].clock.now(),
            listed.until,
        )
        _keep(request, visit, standing, own=listed.own)


def keep_file(request: web.Request, visit: Visit, answer: FileAnswer) -> None:
    """Remember that stored bytes answered this request."""
    if answer.cleared is not None:
        _keep(request, visit, StandingFile(answer.cleared, answer.headers), own=answer.cleared.own)


def _keep(request: web.Request, visit: Visit, standing: Standing, *, own: bool) -> None:
    if chain.VIA in request.headers:
        return
    question = _question(request, visit.public_url, visit.actor)
    if own:
        question = msgspec.structs.replace(question, account=visit.actor.account)
    request.app[ANSWERS].keep(request.raw_path, question, standing)


def _question(request: web.Request, public_url: str, actor: Actor) -> Question:
    headers = request.headers
    accept, encoding = headers.get("Accept", ""), headers.get("Accept-Encoding", "")
    return Question(public_url, accept, encoding, _asker(actor), None)


@functools.lru_cache(maxsize=4_096)
def _asker(actor: Actor) -> Asker:
    scope = actor.scope and msgspec.structs.replace(actor.scope, expires=None)
    return Asker(actor.kind, actor.admin, scope)
