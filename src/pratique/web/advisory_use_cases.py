"""What clients ask about advisories: one handler for each question."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from aiohttp import web

from pratique.services.advisories.audit import audit as answer_audit
from pratique.services.installing.describe_project import describe_project as description_of
from pratique.services.ports import Caller, Visit
from pratique.web.bodies import read_small_body
from pratique.web.client_address import client_address
from pratique.web.documents import PRIVATE, etag_matches, respond
from pratique.web.keys import PORTS
from pratique.web.places import Match

MAX_AUDIT = 2 << 20
"""Bytes of a question, unpacked; that of a project with twenty thousand packages has one million."""

_NO_STORE = {"Cache-Control": "no-store"}


async def audit(request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """Advisories about what a client has installed."""
    body = await read_small_body(request, MAX_AUDIT)
    return respond(await answer_audit(request.app[PORTS], visit, body), _NO_STORE)


async def describe_project(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """A project or one of its releases, with what advisories say of it."""
    groups, asking = match.groups, replace(visit, caller=Caller(address=client_address(request)))
    said = await description_of(request.app[PORTS], asking, groups["project"], groups.get("version"))
    headers = {**PRIVATE, "ETag": f'"{hashlib.sha256(said.body).hexdigest()[:32]}"'}
    if etag_matches(request.headers.get("If-None-Match"), headers["ETag"]):
        return web.Response(status=304, headers=headers)
    return respond(said, {**headers, "X-Content-Type-Options": "nosniff"})
