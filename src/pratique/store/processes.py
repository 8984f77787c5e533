"""Running processes and their heartbeats."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.store.rows import many
from pratique.store.schema import process


class Process(msgspec.Struct, frozen=True):
    """One process of a server: `web` or `job`.

    Attributes:
        node: the server it belongs to, where several run on one database; None: the only one.
        common: JSON object of what all of them have to have in common.
    """

    id: str
    kind: str
    host: str
    pid: int
    started: Instant
    heartbeat: Instant
    node: str | None = None
    common: str = "{}"


def register(c: sa.Connection, new: Process) -> None:
    """Make a process known; its id is new for every start."""
    c.execute(process.insert().values(msgspec.structs.asdict(new)))


def heartbeat(c: sa.Connection, process_id: str, now: Instant) -> bool:
    """Say that a process lives. False if it was removed: others take it for dead, and it should end."""
    return c.execute(process.update().where(process.c.id == process_id).values(heartbeat=now)).rowcount == 1


def living(c: sa.Connection, since: Instant) -> tuple[Process, ...]:
    """Processes whose last heartbeat is not older than the instant."""
    return many(c.execute(sa.select(process).where(process.c.heartbeat >= since).order_by(process.c.started)), Process)


def forget_silent(c: sa.Connection, before: Instant) -> int:
    """Forget processes, of whatever machine, whose last heartbeat is older than the instant; how many."""
    return c.execute(process.delete().where(process.c.heartbeat < before)).rowcount


def remove(c: sa.Connection, process_id: str) -> None:
    """Forget a process that ended or died."""
    c.execute(process.delete().where(process.c.id == process_id))
