"""`pratique up`: everything, from an empty folder to a running server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pratique.app import open_database
from pratique.cli.first_start import admin_link, check_listening, make_ready, settings_of
from pratique.cli.folder_lock import sole_server
from pratique.cli.greeting import greeting
from pratique.cli.orders import Role
from pratique.cli.presence import silent_processes
from pratique.cli.process_log import put_aside
from pratique.cli.supervisor import Station, Supervisor
from pratique.settings import Settings, load_settings
from pratique.settings.folder import DataFolder, default_root

_LOOK_AT_LOGS_EVERY = 10.0

SILENT_AFTER = 30.0
"""Seconds without a heartbeat until a process counts as frozen; each beats every second."""


def up(
    *,
    host: str | None = None,
    port: int | None = None,
    data: Path | None = None,
    workers: int | None = None,
    enforce: bool = False,
) -> int:
    """Start the server and keep it running until Ctrl-C.

    Args:
        host: address to listen on; 127.0.0.1 unless the settings say otherwise.
        port: TCP port; 7417 unless the settings say otherwise.
        data: data folder; $PRATIQUE_DATA, else `pratique` in your user data folder.
        workers: web processes; as the settings say, else one for each core and at most four, which is what 0 means.
        enforce: let every rule count from the start. Without it some rules only watch, and ask after seven days
            whether they shall count.

    Returns:
        The exit code.

    Raises:
        PratiqueError: it cannot start; the sentence tells why and what to do.
    """
    os.umask(0o077)  # also for the children: the database makes its files with whatever rights it is left
    folder = DataFolder(data.absolute() if data else default_root(os.environ))
    given = {"host": host, "port": port, "workers": workers}
    if not folder.settings_file.exists():
        # Nothing is made for a server that cannot start.
        check_listening(load_settings(folder.settings_file, os.environ, given))
    folder.create()
    folder.refuse_open_files()
    with sole_server(folder, given):
        settings = settings_of(folder, os.environ, given, _say)
        check_listening(settings)
        make_ready(folder, settings, _say, enforce=enforce)
        kept = {key: value for key, value in given.items() if value is not None}
        return asyncio.run(_supervise(folder, settings, kept))


async def _supervise(folder: DataFolder, settings: Settings, given: dict[str, Any]) -> int:
    db = open_database(folder, settings)
    supervisor = Supervisor(
        stations(settings),
        folder.root,
        given,
        say=_say,
        patience=settings.web.stop_patience,
        silent=silent_processes(db, SILENT_AFTER),
    )
    tidying = asyncio.create_task(_keep_logs_short(folder, settings))
    try:
        return await supervisor.run(_greet(folder, settings))
    finally:
        tidying.cancel()
        db.close()


def stations(settings: Settings) -> tuple[Station, ...]:
    """The processes of a server: some for the web, one for jobs."""
    web = tuple(Station(Role.WEB, f"web {number}") for number in range(1, settings.web_processes + 1))
    return (*web, Station(Role.JOBS, "jobs"))


def _greet(folder: DataFolder, settings: Settings) -> Callable[[], Any]:
    async def greet() -> None:
        # Made now and not earlier, so that none of its fifteen minutes pass while the server starts.
        link = await asyncio.to_thread(admin_link, folder, settings)
        for line in greeting(folder, settings, link):
            print(line, flush=True)

    return greet


async def _keep_logs_short(folder: DataFolder, settings: Settings) -> None:
    while True:
        for role in Role:
            put_aside(folder.logs / f"{role}.jsonl", settings.logs.max_file, settings.logs.keep)
        await asyncio.sleep(_LOOK_AT_LOGS_EVERY)


def _say(line: str) -> None:
    print(line, flush=True)
