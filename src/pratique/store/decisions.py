"""Decisions that refused, warned or were asked for, so that every one can be explained later."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.decisions import Decision
from pratique.core.names import ProjectKey
from pratique.store.dialects import insert
from pratique.store.schema import decision


class StoredDecision(msgspec.Struct, frozen=True):
    """A decision with the repository it was made in, and when it was first and last made."""

    repository_id: int
    decision: Decision
    first: Instant
    last: Instant


def remember(c: sa.Connection, repository_id: int, key: ProjectKey, made: Decision, now: Instant) -> None:
    """Keep a decision. Time changes what one id says: the page shows what was decided last, and when first and last."""
    row = insert(c, decision).values(
        id=made.id,
        repository_id=repository_id,
        ecosystem=key.ecosystem,
        name=key.name,
        action=made.action.word,
        content=msgspec.json.encode(made).decode(),
        first=now,
        last=now,
    )
    newer = {column: row.excluded[column] for column in ("action", "content", "last")}
    c.execute(row.on_conflict_do_update(index_elements=["id"], set_=newer, where=decision.c.last <= now))


def find(c: sa.Connection, decision_id: str) -> StoredDecision | None:
    """The decision of this id, None if it was never kept or is forgotten."""
    row = c.execute(sa.select(decision).where(decision.c.id == decision_id)).one_or_none()
    if row is None:
        return None
    made = msgspec.json.decode(row.content, type=Decision)
    return StoredDecision(row.repository_id, made, Instant(row.first), Instant(row.last))


def of_repository(c: sa.Connection, repository_id: int) -> Iterator[Decision]:
    """Every decision that is kept of a repository, read as they are asked for."""
    contents = c.execute(sa.select(decision.c.content).where(decision.c.repository_id == repository_id)).scalars()
    return (msgspec.json.decode(content, type=Decision) for content in contents)


def forget_older_than(c: sa.Connection, instant: Instant) -> int:
    """Drop decisions last made before the instant; returns how many."""
    return c.execute(decision.delete().where(decision.c.last < instant)).rowcount
