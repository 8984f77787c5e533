"""One web process: wire the parts, serve, write down what is waiting, end."""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections.abc import Callable

import structlog

from pratique.app import node_of, open_ports
from pratique.cli.orders import Order
from pratique.cli.presence import present
from pratique.cli.process_log import JsonLines
from pratique.core.errors import Invalid
from pratique.core.names import ProjectKey
from pratique.jobs import outbox
from pratique.services.ports import Ports
from pratique.settings import Settings
from pratique.settings.folder import DataFolder
from pratique.settings.limits import web_limits
from pratique.web.application import make_application
from pratique.web.server import Listening, serve

_log = structlog.get_logger("process")


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
    tls = _tls(settings, order.certificate)
    node = await asyncio.to_thread(node_of, folder, settings)
    async with open_ports(folder, settings) as ports, present(ports.db, order, stop, node):
        ports.db.listen()
        application = make_application(ports, web_limits(settings))
        warming = asyncio.create_task(asyncio.to_thread(_warm_up, ports))
        await serve(
            application,
            listening(settings),
            stop=stop,
            ready=ready,
            write_log=lines.write_all if settings.logs.requests else None,
            tls=tls,
        )
        await warming


def _warm_up(ports: Ports) -> None:
    """Load what takes long to load: not while somebody waits, and not on the event loop.

    Listings need the names that are popular (0.1 s for npm), publishing the job engine's client (a second).
    """
    for ecosystem in ports.ecosystems.values():
        ports.popularity(ProjectKey(ecosystem.id, "left"))
    outbox.warm_up()


def listening(settings: Settings) -> Listening:
    """Where the settings say to listen."""
    return Listening(
        host=settings.host,
        port=settings.port,
        keep_alive=settings.web.keep_alive,
        header_patience=settings.web.head_patience,
        patience=settings.web.stop_patience,
    )


def _tls(settings: Settings, given: int | None) -> ssl.SSLContext | None:
    """What to speak TLS with.

    It begins with the certificate that the supervisor holds, as the files may have gone bad since, and is read from
    them again on SIGHUP, which the supervisor sends once they hold a new one.
    """
    if not settings.tls_certificate:
        return None
    # The library of certificates is loaded by those who have one.
    from pratique.cli.certificate_copy import inherited
    from pratique.web.certificates import CertificateFiles
    from pratique.web.tls import Tls

    files = CertificateFiles(settings.tls_certificate, settings.tls_key)
    tls = Tls(files, files if given is None else inherited(given))

    def read_again() -> None:
        try:
            tls.read_again()
        except Invalid as error:
            _log.error("the TLS certificate cannot be read again; the one from before stays", why=str(error))

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, read_again)
    return tls.context
