"""What upstreams' documents told of files: since when they are known, and by which digests."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from pratique.core.artifacts import Digests
from pratique.core.clock import Instant
from pratique.store.dialects import insert
from pratique.store.files import Sight
from pratique.store.schema import file

_SEEN = ("version", "published", "first_seen", "sight", "listed")
_of_project = sa.select(file.c.filename, file.c.sha256, *(file.c[name] for name in _SEEN)).where(
    file.c.project_id == sa.bindparam("project")
)


class Sighting(msgspec.Struct, frozen=True):
    """One file of an upstream as it came to be known here.

    Attributes:
        published: the latest that the upstream said of its time, None if it never said anything.
        first_seen: by our clock.
        listed: digests by which it is recognised; None if they were never noted.
        stored: its bytes are kept here.
    """

    version: str
    filename: str
    published: Instant | None
    first_seen: Instant
    sight: Sight
    listed: Digests | None
    stored: bool = False


def sightings_of(c: sa.Connection, project_id: int) -> dict[str, Sighting]:
    """File name to what is noted of it."""
    return {
        row.filename: Sighting(
            version=row.version,
            filename=row.filename,
            published=row.published,
            first_seen=row.first_seen,
            sight=Sight(row.sight),
            listed=None if row.listed is None else msgspec.json.decode(row.listed, type=Digests),
            stored=row.sha256 is not None,
        )
        for row in c.execute(_of_project, {"project": project_id})
    }


def record_sightings(c: sa.Connection, project_id: int, sightings: Iterable[Sighting]) -> None:
    """Note them, in place of what was noted of the same files before. Bytes that are stored stay as they are."""
    values = [
        {
            "project_id": project_id,
            "version": one.version,
            "filename": one.filename,
            "published": one.published,
            "first_seen": one.first_seen,
            "sight": one.sight.value,
            "listed": None if one.listed is None else msgspec.json.encode(one.listed).decode(),
        }
        for one in sightings
    ]
    if values:
        rows = insert(c, file)
        latest = {name: rows.excluded[name] for name in _SEEN}
        c.execute(rows.on_conflict_do_update(index_elements=["project_id", "filename"], set_=latest), values)
