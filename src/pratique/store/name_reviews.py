"""New names that a person has to look at, and what was decided."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.likeness import Likeness, NameReview, ReviewState
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store.dialects import insert
from pratique.store.schema import name_review


class StoredReview(msgspec.Struct, frozen=True):
    """One name in the queue, or out of it.

    Attributes:
        key: the project.
        likeness: what it could be taken for, told to administrators.
        told: the same for everybody.
        by: who published its first release, and when.
        decided_by: who decided, when and why; None while it waits.
    """

    id: int
    key: ProjectKey
    state: ReviewState
    likeness: Likeness
    told: str
    by: str
    at: Instant
    decided_by: str | None = None
    decided_at: Instant | None = None
    reason: str | None = None


def open_review(
    c: sa.Connection, repository_id: int, key: ProjectKey, likeness: Likeness, told: str, by: str, now: Instant
) -> None:
    """Put a new name into the queue; one that was decided before begins anew."""
    begun = {
        "state": ReviewState.WAITING.value,
        "verdict": likeness.verdict,
        "kind": likeness.kind,
        "score": likeness.score,
        "targets": msgspec.json.encode(likeness.targets).decode(),
        "why": likeness.why,
        "told": told,
        "by": by,
        "at": now,
        "decided_by": None,
        "decided_at": None,
        "reason": None,
    }
    row = insert(c, name_review).values(repository_id=repository_id, ecosystem=key.ecosystem, name=key.name, **begun)
    c.execute(row.on_conflict_do_update(index_elements=["repository_id", "ecosystem", "name"], set_=begun))


def about(c: sa.Connection, repository_id: int, key: ProjectKey) -> NameReview | None:
    """What keeps a name back: it waits, or was refused; None if nothing does."""
    wanted = sa.select(name_review.c.state, name_review.c.told, name_review.c.reason).where(*_named(repository_id, key))
    row = c.execute(wanted).one_or_none()
    if row is None or row.state == ReviewState.APPROVED.value:
        return None
    return NameReview(ReviewState(row.state), row.told, row.reason or "")


def find(c: sa.Connection, repository_id: int, key: ProjectKey) -> StoredReview | None:
    """The review of a name, None if there never was one."""
    row = c.execute(sa.select(name_review).where(*_named(repository_id, key))).mappings().one_or_none()
    return None if row is None else _review(row)


def decide(c: sa.Connection, review_id: int, state: ReviewState, decided_by: str, reason: str, now: Instant) -> None:
    """Note what a person decided."""
    decided = {"state": state.value, "decided_by": decided_by, "decided_at": now, "reason": reason}
    c.execute(name_review.update().where(name_review.c.id == review_id).values(decided))


def in_state(
    c: sa.Connection, repository_id: int, state: ReviewState | None, limit: int, after: int = 0
) -> tuple[StoredReview, ...]:
    """Reviews in the order in which they began; `after` is the last id of the page before."""
    wanted = sa.select(name_review).where(name_review.c.repository_id == repository_id, name_review.c.id > after)
    if state is not None:
        wanted = wanted.where(name_review.c.state == state.value)
    return tuple(_review(row) for row in c.execute(wanted.order_by(name_review.c.id).limit(limit)).mappings())


def _named(repository_id: int, key: ProjectKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        name_review.c.repository_id == repository_id,
        name_review.c.ecosystem == key.ecosystem,
        name_review.c.name == key.name,
    )


def _review(row: sa.RowMapping) -> StoredReview:
    targets = msgspec.json.decode(row["targets"], type=tuple[str, ...])
    return StoredReview(
        id=row["id"],
        key=ProjectKey(EcosystemId(row["ecosystem"]), row["name"]),
        state=ReviewState(row["state"]),
        likeness=Likeness(row["verdict"], row["kind"], row["score"], targets, row["why"]),
        told=row["told"],
        by=row["by"],
        at=Instant(row["at"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        reason=row["reason"],
    )
