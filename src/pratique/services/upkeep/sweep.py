"""Which jobs our own tables say were promised: the engine must know every one of them."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.clock import Instant
from pratique.store import events

PROMISING = frozenset({"published"})
"""Kinds of events that start a job under their own id."""

_AT_ONCE = 5_000


def promised_jobs(connection: Connection, since: Instant) -> tuple[str, ...]:
    """Ids of the jobs that events since an instant have promised, newest first."""
    found = events.recent(connection, _AT_ONCE, PROMISING)
    return tuple(one.id for one in found if one.at >= since)
