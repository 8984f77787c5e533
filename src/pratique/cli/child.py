"""The main of a child process, which the fork server has split off."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NoReturn

import structlog
import uvloop

from pratique.cli.memory import give_back_large_pieces
from pratique.cli.no_room import why_no_room
from pratique.cli.orders import NO_ROOM, NOT_LIKE_THIS, Order, Role
from pratique.cli.process_log import JsonLines, log_to
from pratique.cli.process_name import name_process
from pratique.cli.pulse import Pulse
from pratique.core.errors import Conflict, Invalid, PratiqueError
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder

_log = structlog.get_logger("process")

_COLLECT_AFTER = 10_000
"""Objects more than before, not 700: most of those of a request end with it, and circles among them are few."""


def be(order: Order) -> NoReturn:
    """Be the child that the order describes, and end."""
    name_process(f"pratique {order.role}")
    give_back_large_pieces()
    # Means "read the certificate again" to those who have one; it must not end the others, or who is still starting.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    folder = DataFolder(order.folder)
    try:
        lines = JsonLines(folder.logs / f"{order.role}.jsonl", pid=os.getpid())
        log_to(lines)
        _allow_many_connections()
        _log.info("process started", role=order.role, process=order.process_id)
        uvloop.run(_run(order, folder, lines))
    except Exception as error:  # noqa: BLE001 - the last place that can tell what happened
        _leave(_tell_failure(order.role, error))
    _log.info("process ended")
    _leave(0)


def _tell_failure(role: Role, error: Exception) -> int:
    """Say why this process fails; the exit code, which tells the supervisor whether trying again can help."""
    full = why_no_room(error)
    if full is not None:
        _log.error("process failed", why=full)  # the supervisor says it on the terminal, and only once
        return NO_ROOM
    with suppress(OSError):
        print(f"{role}: {error if isinstance(error, PratiqueError) else repr(error)}", file=sys.stderr, flush=True)
    if isinstance(error, PratiqueError):
        _log.error("process failed", why=str(error))
        return NOT_LIKE_THIS if isinstance(error, Invalid | Conflict) else 1
    _log.exception("process failed", exc_info=error)
    return 1


async def _run(order: Order, folder: DataFolder, lines: JsonLines) -> None:
    settings = load_settings(folder.settings_file, os.environ, order.given)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # The supervisor may be killed: the pipe it holds then ends, and nobody is left behind.
    loop.add_reader(order.life, _stop_reading(order.life, stop))
    run, pulse = _work_of(order.role), Pulse(order.pulse)
    beating = asyncio.create_task(pulse.beat())
    # A fork server that was killed at that moment may have left a child behind that nobody knows, or listens to.
    beating.add_done_callback(lambda _task: stop.set())
    await run(order, folder, settings, lines, stop=stop, ready=_tell_ready(pulse))
    beating.cancel()


def _work_of(role: Role) -> Callable[..., Awaitable[None]]:
    """What a role does; only its own modules are loaded."""
    if role is Role.WEB:
        from pratique.cli.web_process import run_web

        return run_web
    from pratique.cli.job_process import run_jobs

    return run_jobs


def _allow_many_connections() -> None:
    """Every connection and open file takes a descriptor; the usual soft limit of 1,024 is soon reached."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems set a lower bound than they tell
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _stop_reading(life: int, stop: asyncio.Event) -> Callable[[], None]:
    def ended() -> None:
        asyncio.get_running_loop().remove_reader(life)
        stop.set()

    return ended


def _tell_ready(pulse: Pulse) -> Callable[[], None]:
    def tell() -> None:
        # What was loaded to get here stays; the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECT_AFTER, 10, 10)
        pulse.say_ready()

    return tell


def _leave(code: int) -> NoReturn:
    """End now. Threads of the job engine would hold the process back, and all that matters is on disk."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # both may be files on a disk that is full
            stream.flush()
    os._exit(code)
