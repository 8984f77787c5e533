"""One address for each document: who asks at another one is sent on."""

from __future__ import annotations

from aiohttp import web

from pratique.services.ports import Visit


def moved(request: web.Request, visit: Visit, path: str) -> web.Response | None:
    """The way to where a document stands; None if it was asked for there.

    It is built of the configured address and of what the path says, so that it tells nothing of what there is.

    Args:
        request: with the path as it was sent.
        visit: whose base URL counts.
        path: below the ecosystem's address.
    """
    asked, mark, query = request.raw_path.partition("?")
    if asked == f"/{visit.repository.name}/{visit.ecosystem.id}{path}":
        return None
    headers = {"Location": f"{visit.base_url}{path}{mark}{query}", "Cache-Control": "private, no-cache"}
    return web.Response(status=301, headers=headers)
