"""Counters that tell every process that an answer it has kept may have changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import sqlalchemy as sa

from pratique.core.errors import Unavailable
from pratique.core.names import ProjectKey
from pratique.store.database import Database
from pratique.store.dialects import insert
from pratique.store.schema import revision

_GLOBAL = (0, "", "")

REREAD_AFTER = 0.2
"""Seconds after which the global counter is read again."""

UNKNOWN_AFTER = 2.0
"""Seconds without a successful read after which nothing may be answered from what was kept."""

_global_value = sa.select(revision.c.value).where(
    revision.c.repository_id == _GLOBAL[0], revision.c.ecosystem == _GLOBAL[1], revision.c.name == _GLOBAL[2]
)

_project_value = sa.select(sa.func.coalesce(sa.func.sum(revision.c.value), 0)).where(
    revision.c.repository_id == sa.bindparam("repository"),
    sa.or_(
        sa.and_(revision.c.ecosystem == sa.bindparam("ecosystem"), revision.c.name == sa.bindparam("name")),
        sa.and_(revision.c.ecosystem == "", revision.c.name == ""),
    ),
)


_KEY = ("repository_id", "ecosystem", "name")


def bump(c: sa.Connection, repository_id: int, key: ProjectKey | None) -> None:
    """Say that something changed, in the transaction that changes it.

    Args:
        c: the transaction of the change.
        repository_id: where.
        key: the project that is affected; None: every project of the repository.
    """
    mine = (repository_id, "", "") if key is None else (repository_id, key.ecosystem, key.name)
    for repository, ecosystem, name in (mine, _GLOBAL):
        fresh = insert(c, revision).values(repository_id=repository, ecosystem=ecosystem, name=name, value=1)
        c.execute(fresh.on_conflict_do_update(index_elements=_KEY, set_={"value": revision.c.value + 1}))


def global_revision(c: sa.Connection) -> int:
    """The counter that every `bump` raises."""
    return int(c.execute(_global_value).scalar() or 0)


def project_revision(c: sa.Connection, repository_id: int, key: ProjectKey) -> int:
    """A number that grows with every change that affects this project in this repository."""
    where = {"repository": repository_id, "ecosystem": key.ecosystem, "name": key.name}
    return int(c.execute(_project_value, where).scalar_one())


class RevisionReader:
    """The global counter, read at most every 200 ms however many ask. One for each event loop."""

    def __init__(self, database: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database, self._monotonic = database, monotonic
        self._value: int | None = None
        self._read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def current(self) -> int:
        """The counter as it was at most 200 ms ago, or up to 2 s ago while it cannot be read.

        Raises:
            Unavailable: it could not be read for 2 s, so a revocation may be unknown here.
        """
        if self._age() < REREAD_AFTER and self._value is not None:
            return self._value
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        # A read that hangs must not hang whoever asks.
        finished, _ = await asyncio.wait({self._reading}, timeout=UNKNOWN_AFTER)
        for reading in finished:
            reading.result()
        if self._value is None or self._age() >= UNKNOWN_AFTER:
            raise Unavailable("whether something was revoked cannot be read from the database right now; try again")
        return self._value

    def _age(self) -> float:
        return self._monotonic() - self._read_at

    async def _read(self) -> None:
        started = self._monotonic()
        try:
            value = await self._database.read(global_revision)
        except Unavailable:
            return  # what is known stays good for 2 s
        self._value, self._read_at = value, started
