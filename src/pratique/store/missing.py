"""Names that were asked for while nobody had them: what an attacker might register next."""

from __future__ import annotations

import sqlalchemy as sa

from pratique.core.actors import ActorKind
from pratique.core.clock import Instant
from pratique.core.names import ProjectKey
from pratique.store.dialects import insert
from pratique.store.schema import missing_name

MAX_ROWS = 100_000
"""Kept at most; the names not asked for the longest go first."""

_KEY = ("repository_id", "ecosystem", "name", "actor_kind")
_ROOM_MADE = 1_000


def asked(c: sa.Connection, repository_id: int, key: ProjectKey, actor_kind: ActorKind, now: Instant) -> None:
    """Count one request for a name that does not exist."""
    row = insert(c, missing_name).values(
        repository_id=repository_id,
        ecosystem=key.ecosystem,
        name=key.name,
        actor_kind=actor_kind.value,
        first=now,
        last=now,
        count=1,
    )
    again = {"last": now, "count": missing_name.c.count + 1}
    counted = row.on_conflict_do_update(index_elements=_KEY, set_=again).returning(missing_name.c.count)
    if c.execute(counted).scalar_one() == 1:
        _make_room(c)


def first_asked(c: sa.Connection, repository_id: int, key: ProjectKey) -> Instant | None:
    """When somebody first asked for the name while it did not exist, None if nobody did."""
    wanted = sa.select(sa.func.min(missing_name.c.first)).where(
        missing_name.c.repository_id == repository_id,
        missing_name.c.ecosystem == key.ecosystem,
        missing_name.c.name == key.name,
    )
    first = c.execute(wanted).scalar_one()
    return None if first is None else Instant(first)


def forget_since(c: sa.Connection, repository_id: int, key: ProjectKey, existed: Instant) -> None:
    """Drop requests made when the name did exist: an upstream that says 404 for a moment proves nothing."""
    c.execute(
        missing_name.delete().where(
            missing_name.c.repository_id == repository_id,
            missing_name.c.ecosystem == key.ecosystem,
            missing_name.c.name == key.name,
            missing_name.c.first >= existed,
        )
    )


def _make_room(c: sa.Connection) -> None:
    if c.execute(sa.select(sa.func.count()).select_from(missing_name)).scalar_one() <= MAX_ROWS:
        return
    last_to_go = sa.select(missing_name.c.last).order_by(missing_name.c.last).offset(_ROOM_MADE - 1).limit(1)
    c.execute(missing_name.delete().where(missing_name.c.last <= last_to_go.scalar_subquery()))
