"""The start page: what this server is, and for each client the lines to paste."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import Connection

from pratique.core.actors import ActorKind
from pratique.core.clock import Instant, in_words
from pratique.services.advisories.source_health import SourceHealth, source_health
from pratique.store import repositories
from pratique.store.repositories import Repository
from pratique.web.asking import who_asks
from pratique.web.keys import PORTS
from pratique.web.ui.pages import page


async def show(request: web.Request) -> web.Response:
    """The page. Repositories that need a credential are shown to those who have one."""
    asking = await who_asks(request)
    ports = request.app[PORTS]
    found, sources = await ports.db.read(_read, ports.advisory_sources)
    guest = asking.actor.kind is ActorKind.NOBODY
    seen = [one for one in found if one.anonymous_read or not guest]
    setups = [
        (one.name, client, lines)
        for one in seen
        for ecosystem in ports.ecosystems.values()
        for client, lines in ecosystem.client_setup(f"{asking.public_url}/{one.name}/{ecosystem.id}")
    ]
    return page("start.html", asking, setups=setups, sources=_shown(sources, ports.clock.now()))


def _read(connection: Connection, sources: tuple[str, ...]) -> tuple[tuple[Repository, ...], tuple[SourceHealth, ...]]:
    return repositories.repositories(connection), source_health(connection, sources)


def _shown(sources: tuple[SourceHealth, ...], now: Instant) -> list[tuple[SourceHealth, str]]:
    """Each with how old its newest record is."""
    return [(one, in_words(max(0, now - one.last.newest)) if one.last else "") for one in sources]
