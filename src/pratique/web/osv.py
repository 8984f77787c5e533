"""The OSV API: below `/{repository}/osv/`, and where clients end up that join addresses as browsers do.

`--service-url https://host/main/osv`, without a slash at its end, makes uv ask below `/main/`, and `https://host/osv`
below the host's root.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
import structlog
from aiohttp import web

from pratique.core.ecosystem import UseCase
from pratique.core.errors import PratiqueError, TooManyAtOnce, TooOften, Unauthorised, Unavailable
from pratique.services.advisories.osv_answers import Asking, answer_batch, answer_query, show_record
from pratique.web.access_log import loggable_path
from pratique.web.bodies import note_expectation, read_small_body
from pratique.web.client_address import client_address
from pratique.web.entrance import Entered, enter
from pratique.web.keys import PORTS, REPOSITORIES
from pratique.web.rates import count_cost
from pratique.web.refusals import NO_STORE, to_refusal

log = structlog.get_logger(__name__)

_BASES = ("/v1", "/{repository}/v1", "/{repository}/osv/v1")

MAX_BATCH = 2 << 20
"""Bytes; a thousand queries have two hundred thousand."""

_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 413: 8, 429: 8, 503: 14}
"""By HTTP status: the number that goes with it where the API's errors come from (google.rpc.Code)."""

_UNKNOWN, _EXHAUSTED = 2, 8

Handler = Callable[[web.Request, Entered], Awaitable[bytes]]


async def query(request: web.Request, entered: Entered) -> bytes:
    """Records about one package."""
    body = await read_small_body(request)
    return await answer_query(request.app[PORTS], _asking(request, entered), body)


async def query_batch(request: web.Request, entered: Entered) -> bytes:
    """Ids of records about many packages."""
    body = await read_small_body(request, MAX_BATCH)
    return await answer_batch(request.app[PORTS], _asking(request, entered), body)


async def get_record(request: web.Request, entered: Entered) -> bytes:
    """One record."""
    ports, record = request.app[PORTS], request.match_info["record"]
    return msgspec.json.encode(await show_record(ports, entered.actor, entered.repository, record))


def _asking(request: web.Request, entered: Entered) -> Asking:
    return Asking(entered.actor, client_address(request), entered.repository)


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
            entered = await enter(request, repository, "OSV")
            count_cost(request, entered.actor, UseCase.AUDIT)
            answer = await handler(request, entered)
            return web.Response(body=answer, content_type="application/json", headers=NO_STORE)
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
    code = _EXHAUSTED if isinstance(error, TooManyAtOnce) else _CODES.get(refusal.status, _UNKNOWN)
    body = {"code": code, "message": str(error), "error": refusal.line}
    response = web.json_response(body, status=refusal.status, reason=refusal.line, headers=NO_STORE)
    if isinstance(error, Unavailable | TooOften):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorised):
        response.headers["WWW-Authenticate"] = 'Basic realm="pratique", charset="UTF-8"'
    return response
