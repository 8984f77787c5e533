"""Disputes over names of own projects: who claims one, and until when its owners have to answer."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.names import ProjectKey
from pratique.store.rows import many, one
from pratique.store.schema import dispute


class Dispute(msgspec.Struct, frozen=True):
    """One dispute.

    Attributes:
        claimant: who says that the name is theirs.
        notice_ends: until then the owners have time.
        closed: when it was decided, None while it is open.
        outcome: `upheld` or `rejected`, None while it is open.
    """

    id: int
    ecosystem: str
    name: str
    claimant: str
    reason: str
    opened_by: str
    opened: Instant
    notice_ends: Instant
    closed: Instant | None = None
    closed_by: str | None = None
    outcome: str | None = None


_FIELDS = [dispute.c[field] for field in Dispute.__struct_fields__]


def open_one(c: sa.Connection, repository_id: int, new: Dispute) -> Dispute:
    """Keep a dispute (its own id is ignored); as it is kept."""
    values = {key: value for key, value in msgspec.structs.asdict(new).items() if key != "id"}
    made = dispute.insert().values({**values, "repository_id": repository_id}).returning(dispute.c.id)
    return msgspec.structs.replace(new, id=c.execute(made).scalar_one())


def find(c: sa.Connection, repository_id: int, dispute_id: int) -> Dispute | None:
    """The dispute with this id, None if there is none."""
    wanted = sa.select(*_FIELDS).where(dispute.c.repository_id == repository_id, dispute.c.id == dispute_id)
    return one(c.execute(wanted), Dispute)


def open_about(c: sa.Connection, repository_id: int, key: ProjectKey) -> Dispute | None:
    """The open dispute over a name, None if there is none."""
    wanted = sa.select(*_FIELDS).where(
        dispute.c.repository_id == repository_id,
        dispute.c.ecosystem == key.ecosystem,
        dispute.c.name == key.name,
        dispute.c.closed.is_(None),
    )
    return one(c.execute(wanted.limit(1)), Dispute)


def of_repository(c: sa.Connection, repository_id: int, limit: int, *, closed: bool) -> tuple[Dispute, ...]:
    """The latest disputes, newest first; closed ones too, if wanted."""
    wanted = sa.select(*_FIELDS).where(dispute.c.repository_id == repository_id)
    if not closed:
        wanted = wanted.where(dispute.c.closed.is_(None))
    return many(c.execute(wanted.order_by(dispute.c.id.desc()).limit(limit)), Dispute)


def close(c: sa.Connection, dispute_id: int, outcome: str, by: str, now: Instant) -> None:
    """Decide a dispute."""
    decided = {"closed": now, "closed_by": by, "outcome": outcome}
    c.execute(dispute.update().where(dispute.c.id == dispute_id).values(decided))
