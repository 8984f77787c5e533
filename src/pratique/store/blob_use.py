"""Which blobs could make room: what upstreams' files take, when they were last handed out, and what was removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec
import sqlalchemy as sa

from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.ports import StoredBlob
from pratique.store.dialects import insert
from pratique.store.schema import blob, file, project

_CHUNK = 500
"""Values in one IN list; databases limit the parameters of a statement."""


class Place(StrEnum):
    """Where the bytes of a blob are, if they are not just here."""

    LEAVING = "leaving"
    """They are being removed to make room; perhaps they are gone already."""
    GONE = "gone"
    """They were removed to make room. The next download fetches them again."""


class CachedBlob(msgspec.Struct, frozen=True):
    """A blob of upstreams' files only.

    Attributes:
        used: about when it was last handed out or stored.
    """

    sha256: str
    size: int
    used: Instant


class CachedFile(msgspec.Struct, frozen=True):
    """One file whose bytes a blob is."""

    project_id: int
    filename: str


class Sizes(msgspec.Struct, frozen=True):
    """Bytes of blobs.

    Attributes:
        own: of files of own releases, also if an upstream has the same bytes.
        cached: of upstreams' files only.
    """

    own: int
    cached: int


_used = sa.func.coalesce(blob.c.used, blob.c.created)
_theirs = sa.exists().where(file.c.sha256 == blob.c.sha256)
_own = sa.exists().where(
    file.c.sha256 == blob.c.sha256,
    file.c.project_id == project.c.id,
    sa.or_(file.c.release_id.is_not(None), project.c.origin == Origin.OWN.value),
)
_cached = (blob.c.place.is_(None), _theirs, ~_own)


def note(c: sa.Connection, used: Mapping[str, Instant]) -> None:
    """Note when blobs were handed out; an earlier time than the noted one changes nothing."""
    for sha256, at in sorted(used.items()):  # in one order, so that no two writers wait for each other
        c.execute(blob.update().where(blob.c.sha256 == sha256, _used < at).values(used=at))


def sizes(c: sa.Connection) -> Sizes:
    """What is here by the records, without looking at the disk."""
    summed = sa.func.coalesce(sa.func.sum(blob.c.size), 0)
    cached = c.execute(sa.select(summed).where(*_cached)).scalar_one()
    return Sizes(int(c.execute(sa.select(summed).where(_own)).scalar_one()), int(cached))


def least_used(
    c: sa.Connection, before: Instant, portion: int, after: CachedBlob | None = None
) -> tuple[CachedBlob, ...]:
    """Blobs of upstreams' files that were last used before an instant, the longest unused first.

    Args:
        c: the transaction.
        before: those used later stay.
        portion: so many at most.
        after: the last one of the portion before.
    """
    wanted = sa.select(blob.c.sha256, blob.c.size, _used.label("used")).where(*_cached, _used < before)
    if after is not None:
        later = sa.and_(_used == after.used, blob.c.sha256 > after.sha256)
        wanted = wanted.where(sa.or_(_used > after.used, later))
    found = c.execute(wanted.order_by(_used, blob.c.sha256).limit(portion))
    return tuple(CachedBlob(row.sha256, row.size, Instant(row.used)) for row in found)


def files_of(c: sa.Connection, sha256: str) -> tuple[CachedFile, ...]:
    """Every file with these bytes."""
    found = c.execute(sa.select(file.c.project_id, file.c.filename).where(file.c.sha256 == sha256))
    return tuple(CachedFile(row.project_id, row.filename) for row in found)


def mark_leaving(c: sa.Connection, chosen: tuple[CachedBlob, ...]) -> tuple[CachedBlob, ...]:
    """Mark blobs that are about to be removed; those that can be: used by nobody since, and not ours meanwhile."""
    marked = []
    for one in sorted(chosen, key=lambda each: each.sha256):
        mine = blob.update().where(blob.c.sha256 == one.sha256, *_cached, _used == one.used)
        if c.execute(mine.values(place=Place.LEAVING.value)).rowcount:
            marked.append(one)
    return tuple(marked)


def leaving(c: sa.Connection) -> tuple[str, ...]:
    """Sha256 of those that were marked and not settled, because a process ended or a store was away."""
    found = c.execute(sa.select(blob.c.sha256).where(blob.c.place == Place.LEAVING.value).order_by(blob.c.sha256))
    return tuple(found.scalars())


def settle(c: sa.Connection, gone: Mapping[str, bool]) -> None:
    """Note of marked blobs whether they are gone; one that was stored again meanwhile is here."""
    for sha256, is_gone in sorted(gone.items()):
        marked = blob.update().where(blob.c.sha256 == sha256, blob.c.place == Place.LEAVING.value)
        c.execute(marked.values(place=Place.GONE.value if is_gone else None))


def record_absent(c: sa.Connection, passed: StoredBlob, now: Instant) -> None:
    """Note a blob whose bytes were passed on and could not be kept; one that is known stays as it is."""
    digests = msgspec.json.encode(passed.digests).decode()
    row = insert(c, blob).values(
        sha256=passed.sha256, size=passed.size, digests=digests, created=now, place=Place.GONE.value
    )
    c.execute(row.on_conflict_do_nothing(index_elements=["sha256"]))


def gone_of(c: sa.Connection, sha256s: Sequence[str]) -> tuple[str, ...]:
    """Those of some blobs that are called gone."""
    found: list[str] = []
    for start in range(0, len(sha256s), _CHUNK):
        some = blob.c.sha256.in_(sha256s[start : start + _CHUNK])
        found += c.execute(sa.select(blob.c.sha256).where(some, blob.c.place == Place.GONE.value)).scalars()
    return tuple(found)


def take_back(c: sa.Connection, here: Sequence[str]) -> None:
    """Note of blobs that were called gone that they are here."""
    for sha256 in here:
        c.execute(blob.update().where(blob.c.sha256 == sha256, blob.c.place == Place.GONE.value).values(place=None))


def place_of(c: sa.Connection, sha256: str) -> Place | None:
    """Where the bytes of a blob are; None: here, or it is not known."""
    found = c.execute(sa.select(blob.c.place).where(blob.c.sha256 == sha256)).scalar_one_or_none()
    return None if found is None else Place(found)
