"""Perform one verb for one request: read it, check who asks, answer."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from pratique.core.actors import ActorKind
from pratique.core.errors import Invalid, Unauthorised
from pratique.services.verbs.verb import Verb
from pratique.trust.permissions import NEEDS_CREDENTIAL
from pratique.web.api.answers import success
from pratique.web.asking import CSRF_HEADER, check_form, who_asks
from pratique.web.bodies import MAX_SHORT, read_small_body
from pratique.web.keys import PORTS
from pratique.web.rates import RATES, Limit, who_counts


async def perform(verb: Verb[Any, Any], request: web.Request) -> web.Response:
    """Answer a request for a verb. Raises what the verb raises."""
    asking = await who_asks(request)
    if not verb.reading:
        check_form(request, asking, request.headers.get(CSRF_HEADER))
    if verb.max_body and asking.actor.kind is ActorKind.NOBODY:
        # Nobody in particular has megabytes kept in memory here.
        raise Unauthorised(NEEDS_CREDENTIAL)
    if verb.costs:
        request.app[RATES].check(Limit(verb.costs), who_counts(request, asking.actor))
    wanted = read_request(verb, await _fields(verb, request))
    if verb.costs:
        for _ in getattr(wanted, verb.counted) if verb.counted else (wanted,):
            request.app[RATES].count(Limit(verb.costs), who_counts(request, asking.actor))
    return success(await verb.perform(request.app[PORTS], wanted, asking.actor, _nobody_listens))


async def _fields(verb: Verb[Any, Any], request: web.Request) -> dict[str, Any]:
    if verb.method == "GET":
        return {**request.query, **request.match_info}
    if request.content_type != "application/json":
        raise Invalid("send the request as JSON, with `Content-Type: application/json`")
    body = await read_small_body(request, verb.max_body)
    return _parsed(body) if len(body) <= MAX_SHORT else await asyncio.to_thread(_parsed, body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        fields = msgspec.json.decode(body or b"{}")
    except msgspec.DecodeError as error:
        raise Invalid(f"the body is no JSON: {error}") from None
    except RecursionError:
        raise Invalid("the body is nested too deeply") from None
    if not isinstance(fields, dict):
        raise Invalid("the body must be a JSON object")
    return fields


def read_request(verb: Verb[Any, Any], fields: dict[str, Any]) -> Any:
    """A verb's request from fields; a query's are text. Raises Invalid with the field's name."""
    try:
        return msgspec.convert(fields, verb.request, strict=verb.method == "POST")
    except msgspec.ValidationError as error:
        raise Invalid(f"`{verb.name}`: {error}; its fields are {', '.join(verb.request.__struct_fields__)}") from None


def _nobody_listens(_words: str) -> None:
    """Progress of a verb that was asked for over HTTP."""
