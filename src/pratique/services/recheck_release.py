"""Decide again about what was cleared before, with what is known now. A job, idempotent."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind
from pratique.core.artifacts import Clearance, Origin
from pratique.core.clock import Instant
from pratique.core.decisions import Decision
from pratique.core.errors import Unavailable
from pratique.core.events import new_event
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.gather import Inquiry
from pratique.services.judge import decide_listing
from pratique.services.knowledge import Knowledge, read_knowledge
from pratique.services.ports import Enqueue, Ports, Visit
from pratique.services.sources import own_outline, stored_view
from pratique.services.visits import find_repository_by_id
from pratique.store import downloads, events, files, projects, releases, repositories, revisions
from pratique.store.projects import Project
from pratique.store.releases import Release

RECHECK_JOB = "recheck_release"
_TRIES = 16
"""Changes of a project while one release of it is judged; more are taken for a fight over it."""

RELEASES_A_JOB = 100
"""A poll of the job engine takes few jobs, so a job carries many releases."""

JUDGED_AS = Actor(ActorKind.USER, name="recheck")
"""State is for everybody: it is judged as for a person without waivers of their own."""


class Recheck(msgspec.Struct, frozen=True):
    """Payload: releases as (ecosystem, name, version)."""

    repository_id: int
    releases: tuple[tuple[str, str, str], ...]


async def recheck_releases(ports: Ports, work: Recheck) -> None:
    """Judge each release again.

    An own release that policy now refuses is quarantined, one that it no longer refuses is live
    again; an upstream's release that was served and is refused now is reported with an event.
    """
    for ecosystem, name, version in work.releases:
        await _recheck_one(ports, work.repository_id, ProjectKey(EcosystemId(ecosystem), name), version)


async def _recheck_one(ports: Ports, repository_id: int, key: ProjectKey, version: str) -> None:
    """Read and decide while others write; write only if that is still how things are.

    Raises:
        Unavailable: the project changes all the time; the job is tried again.
    """
    for _ in range(_TRIES):
        now = ports.clock.now()
        judged = await ports.db.read(_judge, ports, repository_id, key, version, now)
        if judged is None or await ports.db.write(_settle, judged, version, now):
            return
    raise Unavailable(f"{key.name} is changing at this moment; it will be judged again", retry_after=1)


class _Judged(msgspec.Struct, frozen=True):
    known: Knowledge
    decision: Decision


def _judge(
    connection: Connection, ports: Ports, repository_id: int, key: ProjectKey, version: str, now: Instant
) -> _Judged | None:
    """The decision, where something may follow from it."""
    known = read_knowledge(connection, repository_id, key)
    decision = _decide(connection, ports, known, version, now) if known.project else None
    if known.project is None or decision is None:
        return None
    if known.origin is Origin.OWN:
        return _Judged(known, decision) if _move(connection, known.project, version, decision) else None
    return _Judged(known, decision) if decision.action.refuses_download else None


def _settle(connection: Connection, judged: _Judged, version: str, now: Instant) -> bool:
    """Do what follows from a decision; False if the project is no longer the one that was judged."""
    known = judged.known
    if revisions.project_revision(connection, known.repository_id, known.key) != known.revision:
        return False
    if known.origin is Origin.OWN:
        _move_own(connection, known, version, judged.decision, now)
    else:
        _report_served(connection, known, version, judged.decision, now)
    return True


def _decide(connection: Connection, ports: Ports, known: Knowledge, version: str, now: Instant) -> Decision | None:
    """The strictest decision over the release's stored files; None if there are none."""
    ecosystem = ports.ecosystems[known.key.ecosystem]
    repository = find_repository_by_id(connection, known.repository_id)
    visit = Visit(JUDGED_AS, repository, ecosystem, ports.public_url)
    view = own_outline(connection, visit, known) if known.origin is Origin.OWN else stored_view(connection, known)
    inquiry = Inquiry(known, JUDGED_AS, now, ecosystem.version_key, ports.popularity)
    decisions = decide_listing(inquiry, view)
    mine = [decisions[file.filename] for file in view.files if file.version == version]
    return max(mine, key=lambda one: one.action, default=None)


_MOVES = {
    (Clearance.LIVE, True): (Clearance.QUARANTINED, "quarantined"),
    (Clearance.QUARANTINED, False): (Clearance.LIVE, "cleared"),
}


def _move(
    connection: Connection, project: Project, version: str, decision: Decision
) -> tuple[Release, Clearance, str] | None:
    """The own release with its next state and the event that tells of it; None where it stays as it is."""
    release = releases.find(connection, project.id, version)
    move = _MOVES.get((release.clearance, decision.action.refuses_download)) if release else None
    return (release, *move) if release and move else None


def _move_own(connection: Connection, known: Knowledge, version: str, decision: Decision, now: Instant) -> None:
    found = _move(connection, known.project, version, decision) if known.project else None
    if found is None:
        return
    release, clearance, kind = found
    releases.set_clearance(connection, release.id, clearance)
    body = {"decision": decision.id, "rules": [vote.rule for vote in decision.votes]}
    events.append(connection, new_event(kind, now, JUDGED_AS, known.key.purl(version), body))
    revisions.bump(connection, known.repository_id, known.key)


def _report_served(connection: Connection, known: Knowledge, version: str, decision: Decision, now: Instant) -> None:
    """An event for whoever must clean up: it was served here and is refused now."""
    served = downloads.exposure(connection, known.repository_id, known.key, [version], 1)
    purl = known.key.purl(version)
    reported = any(one.kind == "refused_after_serving" for one in events.of_subject(connection, purl, 50))
    if not served or reported or not any(vote.rule == "known_malware" for vote in decision.votes):
        return
    body = {"decision": decision.id, "why": decision.votes[0].why, "last_served": served[0].at}
    events.append(connection, new_event("refused_after_serving", now, JUDGED_AS, purl, body))


def enqueue_rechecks(connection: Connection, changed: Collection[ProjectKey], occasion: str, enqueue: Enqueue) -> None:
    """Promise rechecks of every stored release of the changed projects, in the caller's transaction."""
    for repository in repositories.repositories(connection):
        found = list(_stored_releases(connection, repository.id, changed))
        _enqueue(connection, repository.id, found, f"{occasion}:{repository.id}", enqueue)


def enqueue_own_rechecks(
    connection: Connection, repository_id: int, ecosystem: str, pattern: str, occasion: str, enqueue: Enqueue
) -> None:
    """Promise rechecks of our own projects whose names match a glob, in the caller's transaction."""
    own = _own_keys(connection, repository_id, ecosystem)
    matching = [key for key in own if fnmatch.fnmatchcase(key.name, pattern)]
    _enqueue(connection, repository_id, list(_stored_releases(connection, repository_id, matching)), occasion, enqueue)


def _own_keys(connection: Connection, repository_id: int, ecosystem: str) -> Iterator[ProjectKey]:
    last = 0
    while page := projects.projects_of(connection, repository_id, Origin.OWN, ecosystem, after=last):
        yield from (one.key for one in page)
        last = page[-1].id


def _enqueue(
    connection: Connection, repository_id: int, found: Sequence[tuple[str, str, str]], occasion: str, enqueue: Enqueue
) -> None:
    for start in range(0, len(found), RELEASES_A_JOB):
        payload = {"repository_id": repository_id, "releases": found[start : start + RELEASES_A_JOB]}
        enqueue(connection, RECHECK_JOB, payload, f"{occasion}:{start}")


def _stored_releases(
    connection: Connection, repository_id: int, changed: Iterable[ProjectKey]
) -> Iterator[tuple[str, str, str]]:
    for key in sorted(changed):
        project = projects.find(connection, repository_id, key)
        if project is None:
            continue
        rows = files.of_project(connection, project.id).values()
        for version in sorted({row.version for row in rows if row.sha256}):
            yield key.ecosystem, key.name, version
