"""The job process: do what was promised, take over what the dead left, promise what comes round."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from pratique.app import job_kinds, job_timers, node_of, open_ports
from pratique.cli.no_room import why_no_room
from pratique.cli.orders import Order
from pratique.cli.presence import Beats, living_processes, present
from pratique.cli.process_log import JsonLines
from pratique.core.clock import DAY, Instant
from pratique.jobs import outbox, state
from pratique.jobs.engine import JobEngine, JobLimits
from pratique.jobs.kinds import job_table
from pratique.jobs.recovery import Forgotten, recover_dead
from pratique.jobs.timers import Timers
from pratique.services.ports import Ports
from pratique.services.upkeep.sweep import promised_jobs
from pratique.settings import Settings
from pratique.settings.folder import DataFolder
from pratique.store.clocks import SystemClock

EVERY = 1.0
"""Seconds between two rounds of looking after the engine."""

TIDY_EVERY = 3_600
"""Rounds between two clean-ups of finished jobs."""

FORGOTTEN_EVERY = 10
"""Rounds between two looks for jobs that this process has claimed and runs no more."""

SWEEP_EVERY = 600
"""Rounds between two comparisons of what was promised with what the engine knows."""

_log = structlog.get_logger("jobs")


async def run_jobs(
    order: Order,
    folder: DataFolder,
    settings: Settings,
    lines: JsonLines,
    *,
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> None:
    """Run jobs until told to stop."""
    del lines
    node = await asyncio.to_thread(node_of, folder, settings)
    async with open_ports(folder, settings) as ports, present(ports.db, order, stop, node) as beats:
        engine = JobEngine(
            folder.database_url(settings),
            job_table(job_kinds(ports, settings)),
            executor_id=order.process_id,
            loop=asyncio.get_running_loop(),
            limits=JobLimits(settings.jobs.at_once, settings.jobs.polling, settings.jobs.restarts),
        )
        await asyncio.to_thread(engine.start)
        forgotten = Forgotten(order.process_id, engine.is_running)
        looking_after = asyncio.create_task(_look_after(ports, settings, beats, forgotten, order.process_id))
        ready()
        await stop.wait()
        looking_after.cancel()
        with suppress(asyncio.CancelledError):
            await looking_after
        await asyncio.to_thread(engine.stop, int(settings.web.stop_patience))


async def _look_after(ports: Ports, settings: Settings, beats: Beats, forgotten: Forgotten, process_id: str) -> None:
    living = living_processes(ports.db, settings.jobs.dead_after, beats, process_id)
    timers = Timers(job_timers(settings), _promise(ports))
    number, trouble = 0, ""
    while True:
        try:
            await asyncio.to_thread(recover_dead, living)
            await asyncio.to_thread(timers.tick, ports.clock.now())
            if number % FORGOTTEN_EVERY == 0:
                await asyncio.to_thread(forgotten.take_up)
            if number % SWEEP_EVERY == 0:
                await asyncio.to_thread(sweep, ports)
            if number % TIDY_EVERY == 0:
                await asyncio.to_thread(_tidy, settings)
            trouble = ""
        except Exception as error:  # noqa: BLE001 - without this loop jobs would silently stay undone
            if repr(error) != trouble:  # said once, not every second for as long as it lasts
                _log_failure(error)
            trouble = repr(error)
        number += 1
        await asyncio.sleep(EVERY)


def _log_failure(error: Exception) -> None:
    full, said = why_no_room(error), "looking after the jobs failed; it is tried again"
    if full is None:
        _log.exception(said, exc_info=error)
    else:
        _log.warning(said, why=full)


def _promise(ports: Ports) -> Callable[[str, dict[str, str], str], None]:
    def promise(job_name: str, payload: dict[str, Any], job_id: str) -> None:
        ports.db.write_now(outbox.enqueue, job_name, payload, job_id)

    return promise


def sweep(ports: Ports) -> tuple[str, ...]:
    """Compare the promises of the last day with the engine's records; what it lacks. That must be nothing."""
    promised = ports.db.read_now(promised_jobs, Instant(ports.clock.now() - DAY))
    lost = state.missing(promised)
    if lost:
        _log.error("promised jobs are unknown to the engine; please report this", jobs=lost)
    return lost


def _tidy(settings: Settings) -> None:
    # The engine stamps its rows with the machine's time, so its records age by that and not by a test clock.
    oldest = max(int(settings.jobs.keep_finished * 1000), 2 * DAY)
    gone = state.forget_finished(Instant(SystemClock().now() - oldest))
    if gone:
        _log.info("finished jobs forgotten", count=gone)
