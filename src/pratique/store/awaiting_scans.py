"""Files of our own that wait for their scan. A row goes in the transaction that notes what the scan found."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store.rows import one
from pratique.store.schema import awaiting_scan, file, project


class Awaiting(msgspec.Struct, frozen=True):
    """One file that waits.

    Attributes:
        withheld: nothing of it is public before.
        since: when it was published.
        claimed_until: somebody is at it until then.
    """

    file_id: int
    withheld: bool
    since: Instant
    claimed_until: Instant


class Waiting(msgspec.Struct, frozen=True):
    """A release of which a file waits."""

    repository_id: int
    key: ProjectKey
    version: str


def add(c: sa.Connection, waiting: Awaiting) -> None:
    """Let a file wait."""
    c.execute(awaiting_scan.insert().values(msgspec.structs.asdict(waiting)))


def find(c: sa.Connection, file_id: int) -> Awaiting | None:
    """Whether and since when a file waits."""
    return one(c.execute(sa.select(awaiting_scan).where(awaiting_scan.c.file_id == file_id)), Awaiting)


def claim(c: sa.Connection, file_id: int, now: Instant, until: Instant) -> bool:
    """Say that one is at it, so that nobody else begins; False if it waits no more or somebody else is at it."""
    mine = (awaiting_scan.c.file_id == file_id, awaiting_scan.c.claimed_until <= now)
    return c.execute(awaiting_scan.update().where(*mine).values(claimed_until=until)).rowcount == 1


def release_claim(c: sa.Connection, file_id: int) -> None:
    """Say that one is not at it any more."""
    c.execute(awaiting_scan.update().where(awaiting_scan.c.file_id == file_id).values(claimed_until=0))


def remove(c: sa.Connection, file_id: int) -> bool:
    """It waits no more; whether it did."""
    return c.execute(awaiting_scan.delete().where(awaiting_scan.c.file_id == file_id)).rowcount == 1


def withheld_files(c: sa.Connection, project_id: int) -> frozenset[str]:
    """Names of the project's files of which nothing is public yet."""
    wanted = (
        sa.select(file.c.filename)
        .join(awaiting_scan, awaiting_scan.c.file_id == file.c.id)
        .where(file.c.project_id == project_id, awaiting_scan.c.withheld)
    )
    return frozenset(c.execute(wanted).scalars())


def left(c: sa.Connection, before: Instant, now: Instant, most: int) -> tuple[Waiting, ...]:
    """Releases of which a file has waited since before an instant, and nobody is at it; the oldest first."""
    wanted = (
        sa.select(project.c.repository_id, project.c.ecosystem, project.c.name, file.c.version)
        .join(file, file.c.id == awaiting_scan.c.file_id)
        .join(project, project.c.id == file.c.project_id)
        .where(awaiting_scan.c.since <= before, awaiting_scan.c.claimed_until <= now)
        .order_by(awaiting_scan.c.since, awaiting_scan.c.file_id)
        .limit(most)
    )
    found = (
        Waiting(row.repository_id, ProjectKey(EcosystemId(row.ecosystem), row.name), row.version)
        for row in c.execute(wanted)
    )
    return tuple(dict.fromkeys(found))


def how_many(c: sa.Connection) -> int:
    """How many files wait."""
    return int(c.execute(sa.select(sa.func.count()).select_from(awaiting_scan)).scalar_one())
