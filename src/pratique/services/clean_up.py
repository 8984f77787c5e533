"""Forget what has been kept long enough. A job, idempotent."""

from __future__ import annotations

import asyncio

from pratique.core.clock import Instant
from pratique.services.ports import Ports
from pratique.store import decisions

CLEAN_UP_JOB = "clean_up"


async def clean_up(ports: Ports, keep_decisions: int) -> int:
    """Forget stored decisions that were last made longer ago than this many milliseconds; how many.

    Drafts that killed processes left behind go as well.
    """
    await asyncio.to_thread(ports.blobs.remove_left_over_drafts)
    oldest = Instant(ports.clock.now() - keep_decisions)
    return await ports.db.write(decisions.forget_older_than, oldest, durable=False)
