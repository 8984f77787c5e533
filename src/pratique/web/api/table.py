"""The routes: one for each verb, made from its line in the table of verbs."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from pratique.services.verbs.table import DECISION, VERBS
from pratique.services.verbs.verb import Verb
from pratique.web.api.answers import answering
from pratique.web.api.catalogue import show_catalogue
from pratique.web.api.perform import perform
from pratique.web.api.session import show_session, step_up_session

BASE = "/api/v1"


def routes() -> list[web.RouteDef]:
    """All routes. Reading verbs are asked by GET with a query, the others by POST with a JSON body."""
    made = [_route(verb, BASE + verb.path) for verb in VERBS]
    made.append(_route(DECISION, BASE + "/decisions/{id}"))
    made.append(web.get(BASE, answering(show_catalogue)))
    made.append(web.get(BASE + "/session", answering(show_session)))
    made.append(web.post(BASE + "/session/step-up", answering(step_up_session)))
    return made


def _route(verb: Verb[Any, Any], path: str) -> web.RouteDef:
    async def handle(request: web.Request) -> web.Response:
        return await perform(verb, request)

    handler = answering(handle)
    return web.get(path, handler) if verb.method == "GET" else web.post(path, handler)
