"""Show other nodes that a process lives: a row in the table of processes, and a heartbeat every second."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from pratique.cli.orders import Order
from pratique.core.clock import SECOND, Instant
from pratique.core.errors import PratiqueError
from pratique.services.upkeep.nodes import Node, join
from pratique.store import processes
from pratique.store.clocks import SystemClock
from pratique.store.database import Database
from pratique.store.processes import Process

EVERY = 1.0

CLOCK_JUMP = 2.0
"""Seconds by which the clock may run differently between two beats; NTP slews by far less."""

_log = structlog.get_logger("process")


class Beats:
    """How long this process has been able to show the others that it lives.

    While the database is away nobody can, and for a moment afterwards all look dead to whoever is back first.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic, self._missed = monotonic, float("-inf")
        self._apart: float | None = None

    def missed(self) -> None:
        """One beat could not be written."""
        self._missed = self._monotonic()

    def look_at_clock(self, now: Instant) -> float:
        """Notice that the clock was set: by it all others look dead, or alive, for as long as they have not beaten.

        Returns:
            The seconds by which it jumped since the last look, 0.0 for none.
        """
        apart = now / SECOND - self._monotonic()
        jump = 0.0 if self._apart is None else apart - self._apart
        self._apart = apart
        if abs(jump) < CLOCK_JUMP:
            return 0.0
        self.missed()
        return jump

    def are_steady(self, seconds: float) -> bool:
        """Whether none was missed for so long."""
        return self._monotonic() - self._missed >= seconds


@asynccontextmanager
async def present(db: Database, order: Order, stop: asyncio.Event, node: Node) -> AsyncIterator[Beats]:
    """Be known as alive while the block runs. A process that was taken for dead sets `stop`.

    Raises:
        Conflict: other nodes run on the database with settings that differ.
    """
    now = SystemClock().now()
    me = node.process(Process(order.process_id, order.role, socket.gethostname(), os.getpid(), now, now))
    await db.write(join, me, durable=False)
    beats = Beats()
    beating = asyncio.create_task(_beat(db, me.id, stop, beats))
    try:
        yield beats
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
        try:
            await db.write(processes.remove, me.id, durable=False)
        except PratiqueError as error:
            _log.warning("this process ends and stays in the table of processes", why=str(error))


async def _beat(db: Database, process_id: str, stop: asyncio.Event, beats: Beats) -> None:
    # Real time, also under a test clock: a heartbeat is about this machine, not about the story.
    clock, trouble = SystemClock(), ""
    while True:
        await asyncio.sleep(EVERY)
        jump = beats.look_at_clock(clock.now())
        if jump:
            _log.error(
                "the clock of this machine jumped, as it was set or the machine slept: ages of releases, sessions and "
                "tokens count by it; have it set by NTP",
                seconds=round(jump, 1),
            )
        try:
            alive = await db.write(processes.heartbeat, process_id, clock.now(), durable=False)
        except PratiqueError as error:
            beats.missed()
            if str(error) != trouble:  # said once, not every second for as long as a disk is full
                _log.warning("no heartbeat", why=str(error))
            trouble = str(error)
            continue
        trouble = ""
        if not alive:
            _log.error("this process was taken for dead; it ends, so that no work is done twice")
            stop.set()
            return


def living_processes(db: Database, dead_after: float, beats: Beats, myself: str) -> Callable[[], set[str]]:
    """Ask for the ids of all processes that live, by heartbeat, and on this machine also by process number.

    After this process itself has missed a beat all have the same time to come back before they count as dead.

    Args:
        db: has the table of processes.
        dead_after: seconds without a heartbeat.
        beats: of the process that asks.
        myself: its id; it lives even if it cannot write its heartbeat.
    """
    clock, here = SystemClock(), socket.gethostname()

    def living() -> set[str]:
        since = Instant(clock.now() - int(dead_after * 1000) if beats.are_steady(dead_after) else 0)
        found = db.read_now(processes.living, since)
        return {myself} | {one.id for one in found if one.host != here or _runs(one.pid)}

    return living


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
