"""Counters that tell every process that an answer it has kept may have changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from pratique.core.errors import Unavailable
from pratique.core.names import ProjectKey
from pratique.store.database import Database
from pratique.store.dialects import announce, insert
from pratique.store.schema import repository, revision

Place = tuple[int, str, str]
"""(repository, ecosystem, name); empty names stand for every project of the repository."""

SERVER = 0
"""Stands for the whole server where a revision wants a repository: accounts, tokens, keys."""

_GLOBAL: Place = (SERVER, "", "")
_WHOLE_SERVER: Place = (SERVER, "", "*")
"""Moves when something changes that belongs to no repository."""

REREAD_AFTER = 0.2
"""Seconds after which the global counter is read again."""

KNOWN_CHANGES = 20_000
"""Places whose last change a process remembers; beyond that it takes all for changed."""

UNKNOWN_AFTER = 2.0
"""Seconds without a successful read after which nothing may be answered from what was kept."""

PATIENCE = 5.0
"""Seconds that whoever asks waits for a read; a disk may stand still for a moment."""

_global_value = sa.select(revision.c.value).where(
    revision.c.repository_id == _GLOBAL[0], revision.c.ecosystem == _GLOBAL[1], revision.c.name == _GLOBAL[2]
)

_moved_since = sa.select(revision.c.repository_id, revision.c.ecosystem, revision.c.name, revision.c.stamp).where(
    revision.c.stamp > sa.bindparam("since")
)

_project_value = sa.select(sa.func.coalesce(sa.func.sum(revision.c.value), 0)).where(
    revision.c.repository_id == sa.bindparam("repository"),
    sa.or_(
        sa.and_(revision.c.ecosystem == sa.bindparam("ecosystem"), revision.c.name == sa.bindparam("name")),
        sa.and_(revision.c.ecosystem == "", revision.c.name == ""),
    ),
)


_KEY = ("repository_id", "ecosystem", "name")


class News(msgspec.Struct, frozen=True):
    """The global counter, and every place that has moved since an earlier value of it."""

    value: int
    moved: dict[Place, int]


def bump(c: sa.Connection, repository_id: int, key: ProjectKey | None) -> None:
    """Say that something changed, in the transaction that changes it.

    Args:
        c: the transaction of the change.
        repository_id: where; SERVER for what belongs to no repository.
        key: the project that is affected; None: every project of the repository.
    """
    _move(c, _GLOBAL, 0)
    if repository_id == SERVER:
        mine = _WHOLE_SERVER
    else:
        mine = (repository_id, "", "") if key is None else (repository_id, key.ecosystem, key.name)
    _move(c, mine, global_revision(c))
    announce(c)


def bump_everywhere(c: sa.Connection) -> None:
    """Say that every project of every repository is affected."""
    for repository_id in c.execute(sa.select(repository.c.id).order_by(repository.c.id)).scalars().all():
        bump(c, repository_id, None)


def _move(c: sa.Connection, place: Place, stamp: int) -> None:
    fresh = insert(c, revision).values(dict(zip(_KEY, place, strict=True)) | {"value": 1, "stamp": stamp})
    c.execute(fresh.on_conflict_do_update(index_elements=_KEY, set_={"value": revision.c.value + 1, "stamp": stamp}))


def global_revision(c: sa.Connection) -> int:
    """The counter that every `bump` raises."""
    return int(c.execute(_global_value).scalar() or 0)


def project_revision(c: sa.Connection, repository_id: int, key: ProjectKey) -> int:
    """A number that grows with every change that affects this project in this repository."""
    where = {"repository": repository_id, "ecosystem": key.ecosystem, "name": key.name}
    return int(c.execute(_project_value, where).scalar_one())


def news_since(c: sa.Connection, value: int) -> News:
    """What has moved after the global counter had this value."""
    now = global_revision(c)  # first: what moves between the two is then told again, and never missed
    rows = c.execute(_moved_since, {"since": value})
    return News(now, {(row.repository_id, row.ecosystem, row.name): row.stamp for row in rows})


class RevisionReader:
    """What has changed, read when somebody on this machine has written, and at most every 200 ms. One for each loop."""

    def __init__(self, database: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database, self._monotonic = database, monotonic
        self._value: int | None = None
        self._read_at = float("-inf")
        self._mark = b""
        self._moved: dict[Place, int] = {}
        self._known_from = 0
        self._reading: asyncio.Task[bool] | None = None
        self._trouble = "it takes too long"

    async def current(self) -> int:
        """The global counter as it was at most 200 ms ago, or up to 2 s ago while it cannot be read.

        Raises:
            Unavailable: it could not be read for 2 s, so a revocation may be unknown here.
        """
        known = self.known()
        if known is not None:
            return known
        began_before = self._reading is not None and not self._reading.done()
        is_read = await self._wait_for_read()
        if is_read and (self._is_too_old() or (began_before and self.known() is None)):
            # What was under way may have looked before the write that we are to see, or have taken too long.
            await self._wait_for_read()
        if self._value is None or self._is_too_old():
            raise Unavailable(
                f"whether something was revoked cannot be read from the database right now ({self._trouble}); try again"
            )
        return self._value

    async def _wait_for_read(self) -> bool:
        """Whether it could be read. A read that hangs does not hang whoever asks."""
        finished, _ = await asyncio.wait({self._under_way()}, timeout=PATIENCE)
        if not finished:
            self._trouble = f"it takes longer than {PATIENCE:g} s"
        return any(reading.result() for reading in finished)

    def _is_too_old(self) -> bool:
        return self._age() >= UNKNOWN_AFTER

    def known(self) -> int | None:
        """The global counter if it is known without asking the database, else None."""
        if self._age() < REREAD_AFTER and self._mark == self._database.mark.seen():
            return self._value
        return None

    def kept_known(self) -> int | None:
        """As `known`, and what is known is read again before it is too old, so that nobody has to wait for it."""
        age = self._age()
        if age >= REREAD_AFTER or self._mark != self._database.mark.seen():
            return None
        if age >= REREAD_AFTER / 2:
            self._under_way()
        return self._value

    def stands(self, since: int, repository_id: int, key: ProjectKey | None = None) -> bool:
        """Whether nothing has changed, as far as is known, since the global counter had this value.

        Args:
            since: a value that `current` gave.
            repository_id: where; SERVER for accounts, tokens and keys.
            key: the project; None for the whole repository or server only.
        """
        if since < self._known_from:
            return False
        if repository_id == SERVER:
            return self._moved.get(_WHOLE_SERVER, 0) <= since
        if key is not None and self._moved.get((repository_id, key.ecosystem, key.name), 0) > since:
            return False
        return self._moved.get((repository_id, "", ""), 0) <= since

    def _under_way(self) -> asyncio.Task[bool]:
        """The read that is under way, or one that begins now."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        return self._reading

    def _age(self) -> float:
        return self._monotonic() - self._read_at

    async def _read(self) -> bool:
        started, mark = self._monotonic(), self._database.mark.seen()
        try:
            if self._value is None:
                self._value = self._known_from = await self._database.read_ahead(global_revision)
            else:
                self._learn(await self._database.read_ahead(news_since, self._value))
        except Unavailable as error:
            self._trouble = str(error)
            return False  # what is known stays good for 2 s
        self._mark, self._read_at = mark, started
        return True

    def _learn(self, news: News) -> None:
        """Remember what moved; of too much only that something did."""
        if len(self._moved) + len(news.moved) > KNOWN_CHANGES:
            self._moved, self._known_from = {}, news.value
        else:
            self._moved.update(news.moved)
        self._value = news.value
