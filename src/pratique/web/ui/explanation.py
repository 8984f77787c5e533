"""The page behind every refusal: what was judged, by which rules, on which facts, and what to do now."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from pratique.core.actors import ActorKind
from pratique.core.errors import NotFound
from pratique.services.governing.explain import stored
from pratique.web.asking import who_asks
from pratique.web.keys import PORTS
from pratique.web.ui.pages import page

_LONGEST_VALUE = 600


async def show(request: web.Request) -> web.Response:
    """Explain one decision. Of own names outsiders learn exactly what they learn of an id that never was."""
    asking = await who_asks(request)
    try:
        found = await stored(request.app[PORTS], request.match_info["id"], asking.actor)
    except NotFound as error:
        guest = asking.actor.kind is ActorKind.NOBODY
        return page("no_decision.html", asking, status=404, sentence=str(error), guest=guest, path=request.path)
    return page("explanation.html", asking, it=found, facts=[(one, in_text(one.value)) for one in found.facts])


def in_text(value: Any) -> str:
    """A fact's value as people read it: nothing, a word, or JSON."""
    if value is None or value in ((), [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + " ..."
