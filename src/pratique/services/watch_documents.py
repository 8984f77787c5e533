"""When an upstream's document changes: remember the project, what came late, and that views are stale."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from pratique.core.artifacts import Origin, ProjectView
from pratique.core.clock import Clock, Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import files, projects, revisions
from pratique.store.database import Database
from pratique.store.files import Sight
from pratique.store.repositories import Upstream

Sighting = tuple[str, str, Instant | None, Sight]
"""version, filename, published by the upstream's word, kind of sight."""


class DocumentWatcher:
    """Called with every new document before anybody is answered from it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(
        self, upstream: Upstream, name: str, old: ProjectView | None, new: ProjectView, old_checked: Instant | None
    ) -> None:
        """Record what the change tells; see `record_change`."""
        sightings = find_sightings(old, new, old_checked)
        await self._db.write(record_change, upstream, name, sightings, self._clock.now(), durable=False)


def find_sightings(old: ProjectView | None, new: ProjectView, old_checked: Instant | None) -> list[Sighting]:
    """Files whose time cannot be taken from the upstream's word.

    A file is *late* if an earlier copy, confirmed at `old_checked`, lacked it although the upstream
    now says that it was published before that. A file without any time counts from first sight.
    """
    held = {file.filename for file in old.files} if old is not None else None
    sightings: list[Sighting] = []
    for file in new.files:
        if file.published is None:
            late = held is not None and file.filename not in held
            sightings.append((file.version, file.filename, None, Sight.LATE if late else Sight.FIRST))
        elif held is not None and file.filename not in held and _before(file.published, old_checked):
            sightings.append((file.version, file.filename, file.published, Sight.LATE))
    return sightings


def _before(published: Instant, checked: Instant | None) -> bool:
    return checked is not None and published <= checked


def record_change(
    connection: Connection, upstream: Upstream, name: str, sightings: Sequence[Sighting], now: Instant
) -> None:
    """Make the origin sticky, keep the sightings, and outdate every view of the project."""
    key = ProjectKey(EcosystemId(upstream.ecosystem), name)
    project = projects.find(connection, upstream.repository_id, key)
    if project is None:
        project = projects.create(
            connection, upstream.repository_id, key, name, Origin.UPSTREAM, upstream.id, "public", now
        )
    if sightings:
        files.record_sightings(connection, project.id, sightings, now)
    revisions.bump(connection, upstream.repository_id, key)
