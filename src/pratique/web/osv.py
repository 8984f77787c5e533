"""The OSV API: below `/{repository}/osv/`, and where clients end up that join addresses as browsers do.

`--service-url https://host/main/osv`, without a slash at its end, makes uv ask below `/main/`, and `https://host/osv`
below the host's root.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from aiohttp import web

from pratique.advisories.osv_api import read_batch, read_query
from pratique.core.errors import PratiqueError, Unauthorised, Unavailable
from pratique.services.osv_answers import answer_batch, answer_query, show_record
from pratique.web.access_log import loggable_path
from pratique.web.bodies import note_expectation, read_small_body
from pratique.web.entrance import Entered, enter
from pratique.web.keys import PORTS, REPOSITORIES
from pratique.web.refusals import NO_STORE, to_refusal

log = structlog.get_logger(__name__)

_BASES = ("/v1", "/{repository}/v1", "/{repository}/osv/v1")

MAX_BATCH = 2 << 20
"""Bytes; a thousand queries have two hundred thousand."""

_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 413: 8, 503: 14}
"""By HTTP status: the number that goes with it where the API's errors come from (google.rpc.Code)."""

_UNKNOWN = 2

Handler = Callable[[web.Request, Entered], Awaitable[Any]]


async def query(request: web.Request, entered: Entered) -> Any:
    """Records about one package."""
    asked = read_query(await read_small_body(request))
    return await answer_query(request.app[PORTS], entered.actor, entered.repository, asked)


async def query_batch(request: web.Request, entered: Entered) -> Any:
    """Ids of records about many packages."""
    asked = read_batch(await read_small_body(request, MAX_BATCH))
    return await answer_batch(request.app[PORTS], entered.actor, entered.repository, asked)


async def get_record(request: web.Request, entered: Entered) -> Any:
    """One record."""
    return await show_record(request.app[PORTS], entered.actor, entered.repository, request.match_info["record"])


def routes() -> list[web.RouteDef]:
    """All of them."""
    found = []
    for base in _BASES:
        for path, handler in (("/query", query), ("/querybatch", query_batch)):
            found.append(web.post(base + path, _answering(handler), expect_handler=note_expectation))
        found.append(web.get(base + "/vulns/{record}", _answering(get_record)))
    return found


def _answering(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler whose errors become answers of this API."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            repository = request.match_info.get("repository") or await request.app[REPOSITORIES].usual()
            answer = await handler(request, await enter(request, repository, "OSV"))
            return web.Response(body=msgspec.json.encode(answer), content_type="application/json", headers=NO_STORE)
        except PratiqueError as error:
            return _refused(error)
        except web.HTTPException:
            raise
        except Exception:
            log.exception("request failed", path=loggable_path(request.raw_path), method=request.method)
            return _refused(PratiqueError("the server failed; its log tells more"))

    return handle


def _refused(error: PratiqueError) -> web.Response:
    refusal = to_refusal(error)
    body = {"code": _CODES.get(refusal.status, _UNKNOWN), "message": str(error), "error": refusal.line}
    response = web.json_response(body, status=refusal.status, reason=refusal.line, headers=NO_STORE)
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorised):
        response.headers["WWW-Authenticate"] = 'Basic realm="pratique", charset="UTF-8"'
    return response
