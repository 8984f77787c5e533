"""When an upstream's document changes: remember the project, what came late, and that views are stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.artifacts import Digests, FileView, Origin, ProjectView
from pratique.core.clock import Clock, Instant
from pratique.core.ecosystem import Ecosystem
from pratique.core.events import new_event
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.installing.end_approvals import end_approvals
from pratique.store import events, missing, projects, revisions
from pratique.store.database import Database
from pratique.store.files import Sight
from pratique.store.projects import Project
from pratique.store.repositories import Upstream
from pratique.store.sightings import Sighting, record_sightings, sightings_of


class DocumentChange(msgspec.Struct, frozen=True):
    """A document as it was held and as it is now.

    Attributes:
        old: None if no copy was held.
        confirmed: when the upstream last confirmed the old one.
        twin: what the name shares with those that may not exist beside it.
    """

    old: ProjectView | None
    new: ProjectView
    confirmed: Instant | None
    twin: str


class DocumentWatcher:
    """Called with every new document before anybody is answered from it."""

    def __init__(self, db: Database, clock: Clock, ecosystems: Mapping[str, Ecosystem]) -> None:
        self._db, self._clock, self._ecosystems = db, clock, ecosystems

    async def __call__(
        self, upstream: Upstream, name: str, old: ProjectView | None, new: ProjectView, old_checked: Instant | None
    ) -> None:
        """Record what the change tells; see `record_change`."""
        twin = self._ecosystems[upstream.ecosystem].twin_key(name)
        change = DocumentChange(old, new, old_checked, twin)
        await self._db.write(record_change, upstream, change, self._clock.now(), durable=False)


def record_change(connection: Connection, upstream: Upstream, change: DocumentChange, now: Instant) -> None:
    """Make the origin sticky, keep the sightings, and outdate every view of the project."""
    key = ProjectKey(EcosystemId(upstream.ecosystem), change.new.key.name)
    project = projects.find(connection, upstream.repository_id, key)
    if project is None:
        project = _first_seen(connection, upstream, key, change, now)
    elif project.origin is Origin.UPSTREAM and project.upstream_id != upstream.id:
        projects.bind(connection, project.id, upstream.id)
        moved = {"from": project.upstream_id, "to": upstream.id}
        events.append(connection, new_event("upstream_changed", now, OPERATOR, key.purl(), moved))
    if project.origin is Origin.UPSTREAM:
        if change.new.display not in ("", project.display):
            projects.set_display(connection, project.id, change.new.display)
        if change.new.status is not None and change.new.status != project.status:
            projects.set_status(connection, project.id, change.new.status)  # it outlives the document
        known = sightings_of(connection, project.id)
        record_sightings(connection, project.id, find_sightings(change, known, now))
    end_approvals(connection, upstream.repository_id, change.new, now)
    revisions.bump(connection, upstream.repository_id, key)


def _first_seen(
    connection: Connection, upstream: Upstream, key: ProjectKey, change: DocumentChange, now: Instant
) -> Project:
    display, place = change.new.display or key.name, upstream.repository_id
    project = projects.create(connection, place, key, display, Origin.UPSTREAM, upstream.id, "public", now, change.twin)
    existed = change.new.first_published()
    if existed is not None:
        missing.forget_since(connection, place, key.ecosystem, change.twin, existed)
    return project


def find_sightings(change: DocumentChange, known: Mapping[str, Sighting], now: Instant) -> list[Sighting]:
    """What is to be noted of files whose time or bytes cannot be taken from this document alone.

    - *Swapped*: its digests are not those by which it is recognised. That is what was listed when it was first
      noted, not what was listed last: else one digest could be added today and the other dropped tomorrow.
    - *Late* or *new*: a copy held did not have it. It is late if the upstream says nothing of its time, or
      dates it before that copy was last confirmed.
    - It leaves: it is noted, so that it is recognised when it comes back and counts as of its release meanwhile.
    - Its time vanishes or moves back: what was said first stands.
    - It has no time: it counts from first sight.

    Of a file whose bytes are stored only the time is looked at; what else is listed is held to those bytes.
    """
    held = {file.filename: file for file in change.old.files} if change.old is not None else {}
    found = [
        _sighting(change, file, held.get(file.filename), known.get(file.filename), now) for file in change.new.files
    ]
    return [one for one in found if one is not None] + list(_leaving(change, held.values(), known, now))


def _sighting(
    change: DocumentChange, file: FileView, before: FileView | None, noted: Sighting | None, now: Instant
) -> Sighting | None:
    if before is not None and _says_the_same(before, file):
        return None
    if noted is not None and noted.stored:
        return _same_file(file, before, noted, now)
    recognised_by = _recognised_by(before, noted)
    if recognised_by is not None and not recognised_by.same_bytes(file.digests):
        return _anew(file, Sight.SWAPPED, now)
    if recognised_by is None and change.old is not None:
        return _anew(file, Sight.LATE if _is_late(file.published, change.confirmed) else Sight.NEW, now)
    return _same_file(file, before, noted, now)


def _says_the_same(before: FileView, file: FileView) -> bool:
    """The usual case: nothing to note that was not noted before."""
    return file.published is not None and before.published == file.published and before.digests == file.digests


def _recognised_by(before: FileView | None, noted: Sighting | None) -> Digests | None:
    if noted is not None and noted.listed is not None:
        return noted.listed
    return before.digests if before is not None else None


def _is_late(published: Instant | None, confirmed: Instant | None) -> bool:
    return published is None or (confirmed is not None and published <= confirmed)


def _anew(file: FileView, sight: Sight, now: Instant) -> Sighting:
    return Sighting(file.version, file.filename, file.published, now, sight, file.digests)


def _same_file(file: FileView, before: FileView | None, noted: Sighting | None, now: Instant) -> Sighting | None:
    """Keep the latest time that was ever stated for it, and the digests by which it is recognised."""
    earlier = before if before is not None else file
    if noted is None:
        first = Sighting(file.version, file.filename, earlier.published, now, Sight.FIRST, earlier.digests)
        return first if first.published is None or before is not None else None
    stated = [time for time in (noted.published, earlier.published) if time is not None]
    kept = msgspec.structs.replace(
        noted, published=max(stated, default=None), listed=noted.listed if noted.listed is not None else earlier.digests
    )
    return kept if kept != noted else None


def _leaving(
    change: DocumentChange, held: Iterable[FileView], known: Mapping[str, Sighting], now: Instant
) -> Iterator[Sighting]:
    """Files of the old document that the new one lacks.

    Of a project that is gone as a whole the old document is kept, and compared with when it comes back.
    """
    if not change.new.files and not change.new.raw:
        return
    listed = {file.filename for file in change.new.files}
    for file in held:
        if file.filename not in listed and file.filename not in known:
            yield _anew(file, Sight.FIRST, now)
