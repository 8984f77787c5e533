"""Is the process alive, and is it able to answer safely?"""

from __future__ import annotations

import msgspec
from aiohttp import web

from pratique.services.readiness import readiness_of
from pratique.web.keys import PORTS


async def healthz(_request: web.Request) -> web.Response:
    """The process runs."""
    return web.json_response({"status": "alive"})


async def readyz(request: web.Request) -> web.Response:
    """What a request needs works: the tables can be read and written, and downloads are recorded."""
    found = await readiness_of(request.app[PORTS])
    status = 200 if found.status == "ready" else 503
    return web.Response(
        body=msgspec.json.encode(found),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
