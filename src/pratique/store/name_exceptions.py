"""Names that a person allowed beforehand, whatever they resemble or in spite of one name."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.names import ProjectKey
from pratique.store.rows import many
from pratique.store.schema import name_exception


class StoredException(msgspec.Struct, frozen=True):
    """One of them.

    Attributes:
        target: the one name that it may resemble; empty for any.
        expires: None for never.
    """

    id: int
    ecosystem: str
    name: str
    target: str
    reason: str
    by: str
    created: Instant
    expires: Instant | None


_COLUMNS = [name_exception.c[field] for field in StoredException.__struct_fields__]


def add(c: sa.Connection, repository_id: int, new: StoredException) -> int:
    """Keep one (its own id is ignored) and give it an id."""
    values = {field: value for field, value in msgspec.structs.asdict(new).items() if field != "id"}
    made = name_exception.insert().values(repository_id=repository_id, **values).returning(name_exception.c.id)
    return int(c.execute(made).scalar_one())


def remove(c: sa.Connection, exception_id: int, now: Instant) -> None:
    """Take one out of force."""
    c.execute(name_exception.update().where(name_exception.c.id == exception_id).values(removed=now))


def of_name(c: sa.Connection, repository_id: int, key: ProjectKey) -> tuple[StoredException, ...]:
    """Those about one name that were not removed; whether one is over is for who asks."""
    wanted = _kept(repository_id).where(name_exception.c.ecosystem == key.ecosystem, name_exception.c.name == key.name)
    return many(c.execute(wanted), StoredException)


def all_of(c: sa.Connection, repository_id: int) -> tuple[StoredException, ...]:
    """Those of a repository that were not removed, in order."""
    return many(c.execute(_kept(repository_id)), StoredException)


def count(c: sa.Connection, repository_id: int) -> int:
    """How many there are that were not removed."""
    kept = _kept(repository_id).order_by(None).subquery()
    return int(c.execute(sa.select(sa.func.count()).select_from(kept)).scalar_one())


def _kept(repository_id: int) -> sa.Select[tuple[object, ...]]:
    wanted = sa.select(*_COLUMNS).where(
        name_exception.c.repository_id == repository_id, name_exception.c.removed.is_(None)
    )
    return wanted.order_by(name_exception.c.id)
