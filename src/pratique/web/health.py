"""Is the process alive, and is it able to answer safely?"""

from __future__ import annotations

from aiohttp import web

from pratique.core.errors import PratiqueError
from pratique.web.keys import PORTS


async def healthz(_request: web.Request) -> web.Response:
    """The process runs."""
    return web.json_response({"status": "alive"})


async def readyz(request: web.Request) -> web.Response:
    """The database can be read, so that decisions are current."""
    try:
        await request.app[PORTS].revisions.current()
    except PratiqueError as error:
        return web.json_response({"status": "not ready", "error": str(error)}, status=503)
    return web.json_response({"status": "ready"})
