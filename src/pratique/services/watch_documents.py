"""When an upstream's document changes: remember the project, what came late, and that views are stale."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.artifacts import Origin, ProjectView
from pratique.core.clock import Clock, Instant
from pratique.core.events import new_event
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.end_approvals import end_approvals
from pratique.store import events, files, missing, projects, revisions
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
        await self._db.write(record_change, upstream, new, sightings, self._clock.now(), durable=False)


def find_sightings(old: ProjectView | None, new: ProjectView, old_checked: Instant | None) -> list[Sighting]:
    """Files whose time cannot be taken from the upstream's word.

    A file is *late* if an earlier copy, confirmed at `old_checked`, lacked it, or had it with other
    digests, although the upstream now says that it was published before that. A file without any time
    counts from first sight.
    """
    held = {file.filename: file for file in old.files} if old is not None else {}
    sightings: list[Sighting] = []
    for file in new.files:
        before = held.get(file.filename)
        fresh = old is not None and (before is None or bool(before.digests.conflicts(file.digests)))
        if file.published is None:
            sightings.append((file.version, file.filename, None, Sight.LATE if fresh else Sight.FIRST))
        elif fresh and _before(file.published, old_checked):
            sightings.append((file.version, file.filename, file.published, Sight.LATE))
    return sightings


def _before(published: Instant, checked: Instant | None) -> bool:
    return checked is not None and published <= checked


def record_change(
    connection: Connection, upstream: Upstream, view: ProjectView, sightings: Sequence[Sighting], now: Instant
) -> None:
    """Make the origin sticky, keep the sightings, and outdate every view of the project."""
    key = ProjectKey(EcosystemId(upstream.ecosystem), view.key.name)
    project = projects.find(connection, upstream.repository_id, key)
    if project is None:
        project = projects.create(
            connection, upstream.repository_id, key, key.name, Origin.UPSTREAM, upstream.id, "public", now
        )
        existed = view.first_published()
        if existed is not None:
            missing.forget_since(connection, upstream.repository_id, key, existed)
    elif project.origin is Origin.UPSTREAM and project.upstream_id != upstream.id:
        projects.bind(connection, project.id, upstream.id)
        moved = {"from": project.upstream_id, "to": upstream.id}
        events.append(connection, new_event("upstream_changed", now, OPERATOR, key.purl(), moved))
    if sightings:
        files.record_sightings(connection, project.id, sightings, now)
    end_approvals(connection, upstream.repository_id, view, now)
    revisions.bump(connection, upstream.repository_id, key)
