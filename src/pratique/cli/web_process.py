"""One web process: wire the parts, serve, write down what is waiting, end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pratique.app import open_ports
from pratique.cli.orders import Order
from pratique.cli.presence import present
from pratique.cli.process_log import JsonLines
from pratique.jobs import outbox
from pratique.settings import Settings
from pratique.settings.folder import DataFolder
from pratique.settings.limits import web_limits
from pratique.web.application import make_application
from pratique.web.server import Listening, serve


async def run_web(
    order: Order,
    folder: DataFolder,
    settings: Settings,
    lines: JsonLines,
    *,
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> None:
    """Serve until told to stop."""
    async with open_ports(folder, settings) as ports, present(ports.db, order, stop):
        application = make_application(ports, web_limits(settings))
        # Publishing needs the job engine's client, which takes a second to load: not while somebody waits.
        warming = asyncio.create_task(asyncio.to_thread(outbox.warm_up))
        await serve(
            application,
            listening(settings),
            stop=stop,
            ready=ready,
            write_log=lines.write if settings.logs.requests else None,
        )
        await warming


def listening(settings: Settings) -> Listening:
    """Where the settings say to listen."""
    return Listening(
        host=settings.host,
        port=settings.port,
        keep_alive=settings.web.keep_alive,
        patience=settings.web.stop_patience,
        certificate=settings.tls_certificate,
        key=settings.tls_key,
    )
