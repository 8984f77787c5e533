"""What the API offers, for programs that are being written: every verb with its JSON Schemas."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import msgspec
from aiohttp import web

from pratique.services.verbs.table import VERBS
from pratique.web.api.answers import success
from pratique.web.asking import who_asks


async def show_catalogue(request: web.Request) -> web.Response:
    """The catalogue; it holds nothing that the source does not say, so anyone may read it."""
    await who_asks(request)
    return success(catalogue())


@functools.cache
def catalogue() -> dict[str, Any]:
    """Verbs in the order of their table, and the schemas they refer to."""
    types = [kind for verb in VERBS for kind in (verb.request, verb.response)]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/schemas/{name}")
    verbs = [
        {
            "name": verb.name,
            "method": verb.method,
            "path": f"/api/v1{verb.path}",
            "does": (inspect.getdoc(verb.request) or "").partition("\n")[0],
            "request": schemas[2 * number],
            "response": schemas[2 * number + 1],
        }
        for number, verb in enumerate(VERBS)
    ]
    return {"verbs": verbs, "schemas": components}
