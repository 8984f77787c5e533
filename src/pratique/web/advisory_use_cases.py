"""What clients ask about advisories: one handler for each question."""

from __future__ import annotations

from typing import cast

from aiohttp import web

from pratique.core.ecosystem_verbs import Audits
from pratique.services.audit import audit as find_advisories
from pratique.services.ports import Visit
from pratique.web.bodies import read_small_body
from pratique.web.keys import PORTS
from pratique.web.places import Match
from pratique.web.use_cases import respond

MAX_AUDIT = 4 << 20
"""Bytes of a question, unpacked; that of a project with twenty thousand packages has one million."""

_NO_STORE = {"Cache-Control": "no-store"}


async def audit(request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """Advisories about what a client has installed."""
    speech = cast("Audits", visit.ecosystem)
    asked = speech.read_audit(await read_small_body(request, MAX_AUDIT))
    return respond(speech.write_audit(await find_advisories(request.app[PORTS], visit, asked)), _NO_STORE)
