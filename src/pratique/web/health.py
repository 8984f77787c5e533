"""Is the process alive, and is it able to answer safely?"""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from pratique.services.ports import Ports
from pratique.services.upkeep.readiness import Readiness, readiness_of
from pratique.web.keys import PORTS


async def healthz(_request: web.Request) -> web.Response:
    """The process runs."""
    return web.json_response({"status": "alive"})


class ReadinessProbe:
    """Answers `/readyz`. It needs no credential, so however many ask at once, one try answers them all."""

    def __init__(self) -> None:
        self._trying: asyncio.Task[Readiness] | None = None

    async def readyz(self, request: web.Request) -> web.Response:
        """What a request needs works: the tables can be read and written, and downloads are recorded."""
        found = await self._found(request.app[PORTS])
        status = 200 if found.status == "ready" else 503
        return web.Response(
            body=msgspec.json.encode(found),
            status=status,
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    async def _found(self, ports: Ports) -> Readiness:
        if self._trying is None or self._trying.done():
            self._trying = asyncio.create_task(readiness_of(ports))
        return await asyncio.shield(self._trying)
