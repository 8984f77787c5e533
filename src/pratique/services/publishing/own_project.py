"""The own project that a publisher changes: found in the transaction of the change, or refused."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.artifacts import Clearance, Origin
from pratique.core.clock import Instant
from pratique.core.errors import Conflict, NotFound
from pratique.core.names import ProjectKey
from pratique.services.changes import note_change
from pratique.services.ports import Visit
from pratique.store import projects, releases
from pratique.store.projects import Project
from pratique.store.releases import Release
from pratique.trust.permissions import NO_SUCH_PROJECT


class Asked(msgspec.Struct, frozen=True):
    """Who wants what project changed, and when; they may."""

    repository_id: int
    key: ProjectKey
    actor: Actor
    now: Instant


def asked_by(visit: Visit, key: ProjectKey, now: Instant) -> Asked:
    """What a visit asks of a project, once it was authorised."""
    return Asked(visit.repository.id, key, visit.actor, now)


def find_own(connection: Connection, asked: Asked) -> Project:
    """The project.

    Raises:
        NotFound: there is none.
        Conflict: it is an upstream's.
    """
    project = projects.find(connection, asked.repository_id, asked.key)
    if project is None:
        raise NotFound(NO_SUCH_PROJECT)
    if project.origin is not Origin.OWN:
        raise Conflict(f"{asked.key.name} comes from an upstream: only its owners there can change it")
    return project


def find_release(connection: Connection, project: Project, version: str) -> Release:
    """A release that its publishers can change.

    Raises:
        NotFound: there is none of this version, or it was unpublished.
        Conflict: it is not yet live.
    """
    release = releases.find(connection, project.id, version)
    if release is None or release.unpublished is not None:
        raise NotFound(f"{project.display} has no release {version[:80]}")
    if release.clearance in (Clearance.STAGED, Clearance.SCANNING):
        raise Conflict(f"{project.display}@{version} is {release.clearance}: wait until it is live")
    return release


def note(
    connection: Connection, asked: Asked, kind: str, version: str | None, body: dict[str, str | list[str] | None]
) -> None:
    """The event of a change, about the project or one release of it, and the project's next revision."""
    note_change(
        connection,
        kind,
        asked.key.purl(version),
        body,
        actor=asked.actor,
        now=asked.now,
        repository_id=asked.repository_id,
        key=asked.key,
    )
