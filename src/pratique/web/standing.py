"""What was answered before is answered again without deciding anew, while nothing has changed that it hangs on."""

from __future__ import annotations

import msgspec
from aiohttp import web

from pratique.core.actors import Actor
from pratique.services.installing.file_answers import FileAnswer
from pratique.services.installing.get_cleared import get_cleared
from pratique.services.installing.list_project import Listed
from pratique.services.ports import Visit
from pratique.upstream import chain
from pratique.web import forwarded
from pratique.web.answers import Standing, StandingFile, StandingListing, questions
from pratique.web.documents import answer_document, wire_heads
from pratique.web.entrance import identify
from pratique.web.files import send_file, wire_head
from pratique.web.keys import ANSWERS, PORTS
from pratique.web.standing_view import view_of


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
    for question in questions(public_url, *_asked_for(request), actor):
        standing = known.get(question)
        response = await _answer(request, standing, actor) if standing is not None else None
        if response is not None:
            return response
    return None


async def _answer(request: web.Request, standing: Standing, actor: Actor) -> web.StreamResponse | None:
    ports = request.app[PORTS]
    if isinstance(standing, StandingListing):
        await ports.revisions.current()
        view = view_of(ports, standing, ports.clock.now())
        return answer_document(request, view.encoded) if view is not None else None
    if request.method == "HEAD":
        return None
    answer = await get_cleared(ports, standing.cleared, actor)
    if answer is None:
        return None
    return await send_file(request, msgspec.structs.replace(answer, headers=standing.headers))


def keep_listing(request: web.Request, visit: Visit, listed: Listed) -> None:
    """Remember that a listing answered this request; refusals are decided and explained each time."""
    if listed.view.encoded.rendered.status == 200:
        standing = StandingListing(
            listed.address,
            listed.view.encoded.etag,
            wire_heads(listed.view.encoded),
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
        head = wire_head(answer.headers, answer.cleared.sha256, answer.cleared.size)
        _keep(request, visit, StandingFile(answer.cleared, answer.headers, head), own=answer.cleared.own)


def _keep(request: web.Request, visit: Visit, standing: Standing, *, own: bool) -> None:
    if chain.VIA in request.headers:
        return
    shared, own_one = questions(visit.public_url, *_asked_for(request), visit.actor)
    request.app[ANSWERS].keep(request.raw_path, own_one if own else shared, standing)


def _asked_for(request: web.Request) -> tuple[str, str]:
    return request.headers.get("Accept", ""), request.headers.get("Accept-Encoding", "")
