"""One handler for each use case: request in, service called, response out."""

from __future__ import annotations

import re

from aiohttp import web

from pratique.core.ecosystem import Rendered
from pratique.core.ecosystem_verbs import HasOneAddress, NamesForms, ShowsRefusedFiles
from pratique.core.errors import Unauthorised
from pratique.core.project_verbs import EditsDocuments
from pratique.core.refused import NowhereRefused
from pratique.services.accounts.log_out import log_out as end_token
from pratique.services.installing import get_file as get_file_service
from pratique.services.installing import list_project as list_project_service
from pratique.services.installing.get_metadata import get_metadata as read_metadata
from pratique.services.installing.show_release import show_release as show_one_release
from pratique.services.ports import Visit
from pratique.services.publishing import publish as publish_service
from pratique.services.publishing.edit_project import read_to_edit
from pratique.upstream.chain import is_from_server
from pratique.web.addresses import moved
from pratique.web.bodies import read_body
from pratique.web.documents import PRIVATE, answer_document, etag_matches, respond
from pratique.web.files import send_file
from pratique.web.keys import PORTS
from pratique.web.places import Match
from pratique.web.rates import note_answer
from pratique.web.standing import keep_file, keep_listing

_ZERO = re.compile(r"q=0(\.0{0,3})?")


async def list_project(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """The index document, or 304."""
    speech, name = visit.ecosystem, match.groups["project"]
    if isinstance(speech, EditsDocuments) and speech.is_read_to_edit(request.query):
        to_edit = await read_to_edit(request.app[PORTS], visit, name)
        if to_edit is not None:
            return respond(to_edit, {"Cache-Control": "no-store"})
    if isinstance(speech, HasOneAddress):
        elsewhere = moved(request, visit, speech.listing_path(name))
        if elsewhere is not None:
            return elsewhere
    form, encoding = wanted_form(request, visit)
    try:
        listed = await list_project_service.list_project(request.app[PORTS], visit, name, form, encoding)
    except NowhereRefused as refused:
        if not isinstance(speech, ShowsRefusedFiles) or is_from_server():
            raise
        note_answer(request, refused)
        stand_in = speech.write_stand_in(visit.key(name).name, visit.base_url, form)
        return respond(stand_in, {**PRIVATE, "Cache-Control": "no-store"})
    keep_listing(request, visit, listed)
    return answer_document(request, listed.view.encoded)


def wanted_form(request: web.Request, visit: Visit) -> tuple[str, str]:
    """The form of a listing and its encoding, as the URL or the headers ask for them. Raises NotAcceptable."""
    named = visit.ecosystem.form_named(request.query) if isinstance(visit.ecosystem, NamesForms) else None
    form = visit.ecosystem.negotiate(request.headers.get("Accept")) if named is None else named
    return form, "gzip" if wants_gzip(request.headers.get("Accept-Encoding", "")) else "identity"


async def show_release(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """What the index document says of one release."""
    form = visit.ecosystem.negotiate(request.headers.get("Accept"))
    project, wanted = match.groups["project"], match.groups["version"]
    return respond(await show_one_release(request.app[PORTS], visit, project, wanted, form), PRIVATE)


def wants_gzip(accept_encoding: str) -> bool:
    """Whether gzip may be sent (RFC 9110, 12.5.3): named, and not with a weight of zero."""
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return not _ZERO.fullmatch(weight.strip())
    return False


async def get_file(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """An artefact's bytes."""
    ports, groups = request.app[PORTS], match.groups
    if request.method == "HEAD":
        head = await get_file_service.head_file(ports, visit, groups["project"], groups["file"])
        return await send_file(request, head)
    whole = "Range" in request.headers
    answer = await get_file_service.get_file(ports, visit, groups["project"], groups["file"], whole=whole)
    keep_file(request, visit, answer)
    return await send_file(request, answer)


async def get_metadata(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """The separate metadata of an artefact (PEP 658)."""
    content = await read_metadata(request.app[PORTS], visit, match.groups["project"], match.groups["file"])
    etag = f'"{content.sha256[:32]}"'
    if etag_matches(request.headers.get("If-None-Match"), etag):
        return web.Response(status=304, headers={**PRIVATE, "ETag": etag})
    return respond(Rendered(content.body, "application/octet-stream"), {**PRIVATE, "ETag": etag})


async def publish(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Take in an upload."""
    return respond(
        await publish_service.publish(
            request.app[PORTS], visit, match.groups.get("project"), request.headers, read_body(request)
        ),
        {"Cache-Control": "no-store"},
    )


async def whoami(_request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """Who the credential says is asking."""
    if visit.actor.account is None:
        raise Unauthorised("nobody is signed in: send a token, made with `pratique token create`")
    return web.json_response({"username": visit.actor.name, "kind": visit.actor.kind})


async def log_out(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """End the token that stands in the path."""
    await end_token(request.app[PORTS], match.groups["token"], visit.actor)
    return web.json_response({}, headers={"Cache-Control": "no-store"})


async def ping(_request: web.Request, _visit: Visit, _match: Match) -> web.StreamResponse:
    """The server is there."""
    return web.json_response({})
