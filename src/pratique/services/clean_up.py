"""Forget what has been kept long enough. A job, idempotent."""

from __future__ import annotations

from pratique.core.clock import Instant
from pratique.services.ports import Ports
from pratique.store import decisions

CLEAN_UP_JOB = "clean_up"


async def clean_up(ports: Ports, keep_decisions: int) -> int:
    """Forget stored decisions that were last made longer ago than this many milliseconds; how many."""
    oldest = Instant(ports.clock.now() - keep_decisions)
    return await ports.db.write(decisions.forget_older_than, oldest, durable=False)
