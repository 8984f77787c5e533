"""Names that models are known to invent, as feeds list them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.store.dialects import insert
from pratique.store.rows import many
from pratique.store.schema import invented_name, name_feed

_ROWS = 500


class InventedName(msgspec.Struct, frozen=True):
    """One name of a feed; `twin` is what it shares with those that may not exist beside it."""

    ecosystem: str
    twin: str
    name: str


class NameFeed(msgspec.Struct, frozen=True):
    """A feed as it was last read.

    Attributes:
        taken_in: when, None if that never worked.
        failed: when it was tried after that and failed.
        why: the sentence of that failure.
    """

    feed: str
    taken_in: Instant | None
    names: int
    failed: Instant | None
    why: str


def feeds_of(c: sa.Connection, ecosystem: str, twin: str) -> tuple[str, ...]:
    """The feeds that hold a name or a twin of it, in order."""
    wanted = sa.select(invented_name.c.feed).where(invented_name.c.ecosystem == ecosystem, invented_name.c.twin == twin)
    return tuple(c.execute(wanted.order_by(invented_name.c.feed)).scalars())


def replace(c: sa.Connection, feed: str, names: Collection[InventedName], now: Instant) -> int:
    """Let a feed hold these names and no others. Returns how many are new or gone."""
    before = {
        InventedName(row.ecosystem, row.twin, row.name)
        for row in c.execute(sa.select(invented_name).where(invented_name.c.feed == feed))
    }
    wanted = {(one.ecosystem, one.twin): one for one in sorted(names, key=lambda one: one.name)}
    kept = before & set(wanted.values())
    _drop(c, feed, sorted(before - kept, key=lambda one: (one.ecosystem, one.twin)))
    new = [one for one in wanted.values() if one not in kept]
    if new:
        c.execute(invented_name.insert(), [{**msgspec.structs.asdict(one), "feed": feed} for one in new])
    _note(c, {"feed": feed, "taken_in": now, "names": len(wanted), "failed": None, "why": ""})
    return len(new) + len(before - kept)


def note_failure(c: sa.Connection, feed: str, why: str, now: Instant) -> None:
    """Remember that a feed could not be read; what it held stays."""
    known = next((one for one in feeds(c) if one.feed == feed), NameFeed(feed, None, 0, None, ""))
    _note(c, {**msgspec.structs.asdict(known), "failed": now, "why": why})


def feeds(c: sa.Connection) -> tuple[NameFeed, ...]:
    """All that were ever read, by name."""
    return many(c.execute(sa.select(name_feed).order_by(name_feed.c.feed)), NameFeed)


def forget_others(c: sa.Connection, kept: Sequence[str]) -> tuple[str, ...]:
    """Drop every feed but these. Returns which that were."""
    gone = tuple(one.feed for one in feeds(c) if one.feed not in kept)
    for feed in gone:
        c.execute(invented_name.delete().where(invented_name.c.feed == feed))
        c.execute(name_feed.delete().where(name_feed.c.feed == feed))
    return gone


def _drop(c: sa.Connection, feed: str, names: Sequence[InventedName]) -> None:
    for start in range(0, len(names), _ROWS):
        some = [(one.ecosystem, one.twin) for one in names[start : start + _ROWS]]
        is_gone = sa.tuple_(invented_name.c.ecosystem, invented_name.c.twin).in_(some)
        c.execute(invented_name.delete().where(invented_name.c.feed == feed, is_gone))


def _note(c: sa.Connection, row: dict[str, object]) -> None:
    upsert = insert(c, name_feed).values(row)
    c.execute(upsert.on_conflict_do_update(index_elements=["feed"], set_={**row}))
