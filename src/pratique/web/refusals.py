"""From an error to an answer: status, sentence and machine fields, in the words of the client's ecosystem."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson
from aiohttp import web

from pratique.core.ecosystem import Ecosystem, Refusal, Rendered
from pratique.core.errors import CodeNeeded, PratiqueError, TooOften, Unauthorised, Unavailable, UpstreamRefused
from pratique.core.refused import Refused
from pratique.core.sentences import MAX_LINE, clean, refusal_line

NO_STORE = {"Cache-Control": "no-store"}
"""A refusal may end any moment: nobody keeps it."""


def to_refusal(error: PratiqueError) -> Refusal:
    """The neutral form of any expected error."""
    if isinstance(error, Refused):
        line = refusal_line(error.decision, error.allowed, error.url)
        return Refusal(error.status, line, {"error": line, **_machine_fields(error)})
    line = clean(str(error))
    line = line if len(line) <= MAX_LINE else line[: MAX_LINE - 3] + "..."
    if isinstance(error, UpstreamRefused):
        return Refusal(error.status, line, {**error.fields, "error": line})
    body = {"error": line, "message": str(error)}
    if isinstance(error, CodeNeeded):
        body |= {"page_url": error.page_url, "done_url": error.done_url}
    return Refusal(error.status, line, body)


def _machine_fields(error: Refused) -> dict[str, Any]:
    vote = error.decision.vote
    return {
        "decision_id": error.decision.id,
        "rule": vote.rule if vote else None,
        "allowed_versions": list((error.allowed or ())[:20]),
        "request_approval_url": error.url,
        "retry": error.decision.passing,
    }


def answer_error(
    error: PratiqueError, ecosystem: Ecosystem | None, tokens_url: str = "", command: str = ""
) -> web.Response:
    """The response for an error; as JSON where no ecosystem is being spoken."""
    refusal = msgspec.structs.replace(to_refusal(error), tokens_url=tokens_url, command=command)
    rendered = ecosystem.write_refusal(refusal) if ecosystem else plain(refusal)
    response = web.Response(
        body=rendered.body,
        status=rendered.status,
        reason=rendered.reason or None,
        headers={**NO_STORE, "Content-Type": rendered.content_type, **rendered.headers},
    )
    if isinstance(error, Unavailable | TooOften):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorised):
        response.headers.setdefault("WWW-Authenticate", 'Basic realm="pratique", charset="UTF-8"')
    return response


def plain(refusal: Refusal) -> Rendered:
    """A refusal in no ecosystem's words."""
    return Rendered(orjson.dumps(refusal.body), "application/json", refusal.status, refusal.line)
