"""JSON in and out: errors as `{"error": sentence, "code": kind}`, nothing kept by caches."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from aiohttp import web

from pratique.core.errors import PratiqueError, TooOften, Unauthorised, Unavailable
from pratique.core.refused import Refused
from pratique.core.sentences import clean
from pratique.web.access_log import loggable_path

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.Response]]

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Authorization, Cookie"}


def answering(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler whose errors become JSON answers."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except PratiqueError as error:
            return failure(error)
        except web.HTTPException as error:
            return _json({"error": error.reason, "code": "http"}, error.status)
        except Exception:
            log.exception("request failed", path=loggable_path(request.raw_path), method=request.method)
            return failure(PratiqueError("the server failed; its log tells more"))

    return handle


def success(value: Any) -> web.Response:
    """A response struct as JSON."""
    return _json(value, 200)


def failure(error: PratiqueError) -> web.Response:
    """An error with its sentence and its kind as a word that programs can compare."""
    body: dict[str, Any] = {"error": str(error), "code": _code(error)}
    if isinstance(error, Refused):
        body |= {
            "decision_id": error.decision.id,
            "allowed_versions": list((error.allowed or ())[:20]),
            "url": error.url,
        }
    response = _json(body, error.status)
    if isinstance(error, Unavailable | TooOften):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorised):
        response.headers["WWW-Authenticate"] = 'Bearer realm="pratique"'
    return response


def _json(value: Any, status: int) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type="application/json", headers=_HEADERS)


def _code(error: PratiqueError) -> str:
    """`StepUpNeeded` as `step_up_needed`."""
    return clean(re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower())
