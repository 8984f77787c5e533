"""`pratique up`: everything, from an empty folder to a running server."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from pratique.cli.apart import Apart, done_apart
from pratique.cli.first_start import admin_link, check_listening, make_ready, settings_of
from pratique.cli.folder_lock import sole_server
from pratique.cli.forks import ForkServer, split_this_process
from pratique.cli.greeting import greeting
from pratique.cli.orders import Role
from pratique.cli.process_log import JsonLines, put_aside
from pratique.cli.supervisor import Station, Supervisor
from pratique.core.errors import Unavailable
from pratique.scan.cage.confine import USER
from pratique.scan.cage.probe import measures_here
from pratique.settings import Settings, load_settings
from pratique.settings.folder import DataFolder, default_root
from pratique.settings.object_store import is_object_store
from pratique.store.clocks import SystemClock
from pratique.store.reserve import Reserve

if TYPE_CHECKING:
    from pratique.cli.certificate_watch import CertificateWatch

_LOOK_AT_LOGS_EVERY = 10.0
_LOOK_AT_RESERVE_EVERY = 30.0


def up(
    *,
    host: str | None = None,
    port: int | None = None,
    data: Path | None = None,
    workers: int | None = None,
    enforce: bool = False,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    behind_proxy: Annotated[bool | None, Parameter(negative=())] = None,
    public_url: list[str] | None = None,
) -> int:
    """Start the server and keep it running until Ctrl-C.

    Args:
        host: address to listen on; 127.0.0.1 unless the settings say otherwise.
        port: TCP port; 7417 unless the settings say otherwise.
        data: data folder; $PRATIQUE_DATA, else `pratique` in your user data folder.
        workers: web processes; as the settings say, else one for each core and at most four, which is what 0 means.
        enforce: let every rule count from the start. Without it some rules only watch, and ask after seven days
            whether they shall count.
        tls_cert: speak https with this certificate chain (PEM). A new one in the same file is taken over by itself,
            or at once on SIGHUP.
        tls_key: its private key (PEM), not encrypted.
        behind_proxy: a proxy in front speaks https; what it says of clients is believed (setting `trusted_proxies`).
        public_url: how clients reach the server; may be given several times.

    Returns:
        The exit code.

    Raises:
        PratiqueError: it cannot start; the sentence tells why and what to do.
    """
    os.umask(0o077)  # also for the children: the database makes its files with whatever rights it is left
    folder = DataFolder(data.absolute() if data else default_root(os.environ))
    given = {
        "host": host,
        "port": port,
        "workers": workers,
        "tls_certificate": str(tls_cert.absolute()) if tls_cert else None,
        "tls_key": str(tls_key.absolute()) if tls_key else None,
        "behind_proxy": behind_proxy,
        "public_urls": public_url,
    }
    return _run(folder, given, enforce=enforce)


def _run(folder: DataFolder, given: Mapping[str, object], *, enforce: bool) -> int:
    """Make the folder ready and keep the server running; the exit code. Raises PratiqueError as `up`."""
    if not folder.is_begun():
        # Nothing is made for a server that cannot start.
        _check(load_settings(folder.settings_file, os.environ, given))
    with split_this_process() as forks:  # now, while nothing is open and nothing runs beside this
        folder.create()
        folder.refuse_open_files()
        folder.refuse_unwritable()
        Reserve(folder.reserve_file).make_room_to_start()
        with sole_server(folder, given):
            settings = settings_of(folder, os.environ, given, _say)
            watch = _check(settings)
            if not is_object_store(settings):
                folder.refuse_unwritable_blobs(settings.blobs)
            done_apart(partial(make_ready, folder, settings, _say, enforce=enforce))
            link = Apart(partial(admin_link, folder, settings))
            kept = {key: value for key, value in given.items() if value is not None}
            return asyncio.run(_supervise(folder, settings, kept, watch, forks, link))


def _check(settings: Settings) -> CertificateWatch | None:
    """Make sure that the server can listen as the settings say; what watches its certificate, if it has one."""
    check_listening(settings)
    if not settings.tls_certificate:
        return None
    # The library of certificates is loaded by those who have one.
    from pratique.cli.certificate_watch import CertificateWatch

    return CertificateWatch(settings, SystemClock(), _say)


async def _supervise(
    folder: DataFolder,
    settings: Settings,
    given: dict[str, Any],
    watch: CertificateWatch | None,
    forks: ForkServer,
    link: Apart,
) -> int:
    supervisor = Supervisor(
        stations(settings),
        folder.root,
        given,
        say=_say,
        patience=settings.web.stop_patience,
        forks=forks,
        certificate=watch.copy.descriptor if watch else None,
    )
    reserve = Reserve(folder.reserve_file)
    supervisor.on_no_room = reserve.give_up_some
    background = [
        asyncio.create_task(_keep_logs_short(folder, settings)),
        asyncio.create_task(_keep_reserve(reserve, supervisor)),
        _watch_certificate(supervisor, watch),
    ]
    try:
        return await supervisor.run(_greet(folder, settings, watch, link))
    finally:
        for task in background:
            task.cancel()


def _watch_certificate(supervisor: Supervisor, watch: CertificateWatch | None) -> asyncio.Task[None]:
    """Have the web processes read the certificate again when its files change, and on SIGHUP."""

    def tell() -> None:
        supervisor.send(Role.WEB, signal.SIGHUP)

    def on_hangup() -> None:
        if watch is None:
            _say("SIGHUP has the TLS certificate read again, and this server has none; other settings need a restart")
        elif watch.take_over():
            tell()

    supervisor.on_hangup = on_hangup
    return asyncio.create_task(watch.run(tell) if watch else asyncio.sleep(0))


def stations(settings: Settings) -> tuple[Station, ...]:
    """The processes of a server: some for the web, one for jobs."""
    web = tuple(Station(Role.WEB, f"web {number}") for number in range(1, settings.web_processes + 1))
    return (*web, Station(Role.JOBS, "jobs"))


def _greet(folder: DataFolder, settings: Settings, watch: CertificateWatch | None, link: Apart) -> Callable[[], Any]:
    async def greet() -> None:
        # Made now and not earlier, so that none of its fifteen minutes pass while the server starts.
        url = None
        try:
            url = await asyncio.to_thread(link.answer)
        except Unavailable as error:
            _say(f"no link for an administrator could be made: {error}; then run `pratique admin link`")
        for line in greeting(folder, settings, url, watch.remarks() if watch else ()):
            _say(line)
        await asyncio.to_thread(_tell_measures, folder)

    return greet


def _tell_measures(folder: DataFolder) -> None:
    """What confines whoever looks at packages: all of it in the log, on the terminal what the kernel does not give."""
    measures = measures_here()
    lacking = [one.name for one in measures if not one.holds]
    told = {one.name: one.note or "yes" for one in measures if one.holds}
    line = {"event": "the scanner is confined", "by": told, "not_by": lacking}
    with suppress(OSError):
        JsonLines(folder.logs / f"{Role.JOBS}.jsonl", pid=os.getpid()).write(line)
    if missed := [name for name in lacking if name != USER]:
        _say(f"The kernel does not confine the scanner by: {', '.join(missed)} (`pratique scanner` tells why).")


async def _keep_logs_short(folder: DataFolder, settings: Settings) -> None:
    while True:
        for role in Role:
            with suppress(OSError):  # a disk that refuses now may let it be done the next time
                put_aside(folder.logs / f"{role}.jsonl", settings.logs.max_file, settings.logs.keep)
        await asyncio.sleep(_LOOK_AT_LOGS_EVERY)


async def _keep_reserve(reserve: Reserve, supervisor: Supervisor) -> None:
    while True:
        if not supervisor.lacks_room:
            await asyncio.to_thread(reserve.fill)
        await asyncio.sleep(_LOOK_AT_RESERVE_EVERY)


def _say(line: str) -> None:
    with suppress(OSError):  # the terminal may be gone, and what is left to do must be done all the same
        print(line, flush=True)
