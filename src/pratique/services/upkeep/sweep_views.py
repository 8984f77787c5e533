"""Forget stored listings that answer nobody, and keep the others within their bound. A job, idempotent."""

from __future__ import annotations

from pratique.core.clock import Instant
from pratique.services.ports import Ports
from pratique.store import views

SWEEP_VIEWS_JOB = "sweep_views"


async def sweep_views(ports: Ports, max_bytes: int, keep_decisions: int) -> int:
    """Forget what is outdated, then what was written longest ago; how many.

    Args:
        max_bytes: of all views together.
        keep_decisions: milliseconds for which decisions can be looked up. What a listing refuses has to be explained
            by one, so that no listing is older than half of that.
    """
    now = ports.clock.now()
    oldest = Instant(now - keep_decisions // 2)
    outdated = await ports.db.write(views.forget_outdated, now, oldest, durable=False)
    return outdated + await ports.db.write(views.shrink, max_bytes, durable=False)
