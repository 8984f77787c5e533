"""The append-only record of what changed."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import sqlalchemy as sa

from pratique.core.events import Event
from pratique.store.rows import many, one
from pratique.store.schema import event

_newest_first = sa.select(event).order_by(event.c.at.desc(), event.c.id)


def append(c: sa.Connection, new: Event) -> None:
    """Record an event, in the transaction of the change that it tells of."""
    c.execute(event.insert().values(msgspec.structs.asdict(new)))


def of_subject(c: sa.Connection, subject: str, limit: int) -> tuple[Event, ...]:
    """The latest events about exactly this purl or name, newest first."""
    return many(c.execute(_newest_first.where(event.c.subject == subject).limit(limit)), Event)


def latest(c: sa.Connection, subject: str, kind: str) -> Event | None:
    """The latest event of one kind about exactly this purl or name, None if there is none."""
    wanted = _newest_first.where(event.c.subject == subject, event.c.kind == kind).limit(1)
    return one(c.execute(wanted), Event)


def of_subjects(c: sa.Connection, subjects: Collection[str], kind: str) -> tuple[Event, ...]:
    """All events of one kind about exactly these purls or names."""
    return many(c.execute(sa.select(event).where(event.c.subject.in_(sorted(subjects)), event.c.kind == kind)), Event)


def recent(c: sa.Connection, limit: int, kinds: Collection[str] | None = None) -> tuple[Event, ...]:
    """The latest events, of these kinds or of all, newest first."""
    wanted = _newest_first if kinds is None else _newest_first.where(event.c.kind.in_(sorted(kinds)))
    return many(c.execute(wanted.limit(limit)), Event)
