"""How long it takes until a release is scanned, held, and decided on."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import DAY, Instant
from pratique.core.reviews import CaseState
from pratique.services.changes import permit_everywhere
from pratique.services.judging.cases import TIMES
from pratique.services.ports import Ports
from pratique.services.visits import find_repository
from pratique.store import awaiting_scans, release_cases

_LATEST = 10_000
"""Of how many the figures are."""

_KEPT = 90 * DAY


class ShowTimes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Show how long releases wait for their scan, for quarantine, and for people."""

    repository: str = "main"


class Took(msgspec.Struct, frozen=True):
    """How long one thing takes, in milliseconds, over the latest of the server.

    Attributes:
        what: `first_verdict`: from publish to what the scan says; `to_quarantine`: from publish to being held;
            `to_decision`: from coming into the queue to what people decided.
    """

    what: str
    number: int
    median: int = 0
    p95: int = 0
    p99: int = 0
    longest: int = 0


class Times(msgspec.Struct, frozen=True):
    """The figures.

    Attributes:
        unscanned: files that wait for their scan now.
        waiting: releases that wait for a person now.
        cleared: and so on: releases that people, or a later scan, decided on.
    """

    took: tuple[Took, ...]
    unscanned: int
    waiting: int
    cleared: int
    confirmed: int


async def show_times(ports: Ports, request: ShowTimes, actor: Actor) -> Times:
    """How long it takes. Raises Forbidden to all but administrators."""
    permit_everywhere(actor, Operation.APPROVE, ports.clock.now())
    return await ports.db.read(_times, request.repository)


def forget_times(connection: Connection, now: Instant) -> int:
    """Forget how long things took more than ninety days ago."""
    return release_cases.forget_times(connection, Instant(now - _KEPT))


def _times(connection: Connection, repository: str) -> Times:
    counted = release_cases.how_many(connection, find_repository(connection, repository).id)
    return Times(
        tuple(_took(what, release_cases.times(connection, what, _LATEST)) for what in TIMES),
        awaiting_scans.how_many(connection),
        *(counted.get(state, 0) for state in (CaseState.WAITING, CaseState.CLEARED, CaseState.CONFIRMED)),
    )


def _took(what: str, took: tuple[int, ...]) -> Took:
    if not took:
        return Took(what, 0)
    median, p95, p99 = (took[min(len(took) - 1, len(took) * part // 100)] for part in (50, 95, 99))
    return Took(what, len(took), median, p95, p99, took[-1])
