"""Forget what has been kept long enough. A job, idempotent."""

from __future__ import annotations

import asyncio

from pratique.core.clock import DAY, Instant
from pratique.services.ports import Ports
from pratique.services.reviewing.case_times import forget_times
from pratique.services.upkeep.unrecorded_blobs import put_away_unrecorded
from pratique.store import decisions, processes
from pratique.store.clocks import SystemClock

CLEAN_UP_JOB = "clean_up"


async def clean_up(ports: Ports, keep_decisions: int) -> int:
    """Forget stored decisions that were last made longer ago than this many milliseconds; how many.

    What killed processes left goes as well: their drafts, the bytes they had kept for nothing, and after a
    day of silence their rows in the table of processes.
    """
    await asyncio.to_thread(ports.blobs.remove_left_over_drafts)
    # Heartbeats are in real time, also under a test clock.
    await ports.db.write(processes.forget_silent, Instant(SystemClock().now() - DAY), durable=False)
    oldest = Instant(ports.clock.now() - keep_decisions)
    await ports.db.write(forget_times, ports.clock.now(), durable=False)
    forgotten = await ports.db.write(decisions.forget_older_than, oldest, durable=False)
    await put_away_unrecorded(ports)  # last: a disk that fails here keeps nothing else from being forgotten
    return forgotten
