"""Scan what was served without waiting for it: young releases of upstreams, where the rule is only tried. A job.

So the rule can say after a week what it would have held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from pratique.core.clock import DAY, Instant
from pratique.rules import scan_result
from pratique.rules.policy import read_policy
from pratique.services.ports import Ports
from pratique.services.scanning.rescan import scan_one
from pratique.store import policy, repositories, scans
from pratique.store.scans import Artefact

SCAN_FETCHED_JOB = "scan_fetched"

PATIENCE = 45.0
"""Seconds after which a turn begins no further artefact: the next turn, a minute later, goes on."""

MOST = 200

T = TypeVar("T")


async def scan_fetched(ports: Ports, patience: float = PATIENCE) -> int:
    """Scan young artefacts that never were, the newest first; how many.

    Raises:
        Unavailable: the scanner does not work, or the database; the next turn goes on.
    """
    end, done = asyncio.get_running_loop().time() + patience, 0
    for artefact in await ports.db.read(_waiting, ports.clock.now(), scans.never_scanned):
        if asyncio.get_running_loop().time() > end:
            break
        done += await scan_one(ports, artefact)
    return done


async def uncompared(ports: Ports) -> tuple[tuple[int, Artefact], ...]:
    """Young artefacts that were scanned without a release before to compare them with, with their repository."""
    return await ports.db.read(_waiting, ports.clock.now(), scans.uncompared)


def _waiting(
    connection: Connection, now: Instant, look: Callable[[Connection, Instant, tuple[int, ...], int], tuple[T, ...]]
) -> tuple[T, ...]:
    asking = {one.id: days for one in repositories.repositories(connection) if (days := _days(connection, one.id))}
    if not asking:
        return ()
    since = Instant(now - max(asking.values()) * DAY)
    return look(connection, since, tuple(asking), MOST)


def _days(connection: Connection, repository_id: int) -> int:
    """For how many days a release is young in a repository; 0 where the rule is off."""
    for one in read_policy(policy.rule_settings(connection, repository_id)).rules:
        if one.rule.name == scan_result.NAME and isinstance(one.options, scan_result.Options):
            return one.options.young_for_days
    return 0
