"""Decide again about what was cleared before, with what is known now. A job, idempotent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind
from pratique.core.artifacts import Clearance, Origin
from pratique.core.clock import Instant
from pratique.core.decisions import Decision, Revocation
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Unavailable
from pratique.core.events import new_event
from pratique.core.globs import glob_matches
from pratique.core.names import EcosystemId, ProjectKey, Subject
from pratique.core.ranges import VersionKey
from pratique.rules import revoked
from pratique.services.judging.judge import decide_listing, inquire
from pratique.services.judging.knowledge import Knowledge, read_knowledge
from pratique.services.judging.sources import own_outline, stored_view
from pratique.services.ports import Enqueue, Ports, Visit
from pratique.services.visits import find_repository_by_id
from pratique.store import downloads, events, files, projects, releases, repositories, revisions

RECHECK_JOB = "recheck_release"
RECHECK_QUARANTINED_JOB = "recheck_quarantined"

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

    An own release of which policy now refuses every file is quarantined, one of which it no longer does is
    live again; an upstream's release that was served and is refused now is reported with an event.
    """
    for ecosystem, name, version in work.releases:
        await _recheck_one(ports, work.repository_id, ProjectKey(EcosystemId(ecosystem), name), version)


async def recheck_quarantined(ports: Ports) -> None:
    """Judge every quarantined release again: what refused it may have ended by time alone, which starts no job."""
    for found in await ports.db.read(_quarantined):
        await recheck_releases(ports, found)


def _quarantined(connection: Connection) -> list[Recheck]:
    return [
        Recheck(repository.id, releases.in_state(connection, repository.id, Clearance.QUARANTINED))
        for repository in repositories.repositories(connection)
    ]


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
    """What is to be done.

    Attributes:
        decision: the strictest.
        state: of an own release from now on; None for an upstream's.
    """

    known: Knowledge
    decision: Decision
    state: Clearance | None


def _judge(
    connection: Connection, ports: Ports, repository_id: int, key: ProjectKey, version: str, now: Instant
) -> _Judged | None:
    """The decision, where something may follow from it."""
    known = read_knowledge(connection, repository_id, key, ports.ecosystems[key.ecosystem].twin_key)
    decisions = _decide(connection, ports, known, version, now) if known.project else []
    if known.project is None or not decisions:
        return None
    if known.origin is Origin.OWN:
        state = _new_state(connection, ports, known, version, decisions)
        return _Judged(known, decisions[0], state) if state else None
    return _Judged(known, decisions[0], None) if decisions[0].action.refuses_download else None


def _settle(connection: Connection, judged: _Judged, version: str, now: Instant) -> bool:
    """Do what follows from a decision; False if the project is no longer the one that was judged."""
    known = judged.known
    if revisions.project_revision(connection, known.repository_id, known.key) != known.revision:
        return False
    if judged.state is None:
        _report_served(connection, known, version, judged.decision, now)
    else:
        _move_own(connection, known, version, judged.state, judged.decision, now)
    return True


def _decide(connection: Connection, ports: Ports, known: Knowledge, version: str, now: Instant) -> list[Decision]:
    """Decisions on the release's stored files, strictest first."""
    ecosystem = ports.ecosystems[known.key.ecosystem]
    repository = find_repository_by_id(connection, known.repository_id)
    visit = Visit(JUDGED_AS, repository, ecosystem, ports.public_url)
    view = own_outline(connection, visit, known) if known.origin is Origin.OWN else stored_view(connection, known)
    inquiry = msgspec.structs.replace(inquire(ports, visit, known), now=now)
    decisions = decide_listing(inquiry, view)
    mine = [decisions[file.filename] for file in view.files if file.version == version]
    return sorted(mine, key=lambda one: one.action, reverse=True)


_DECIDED_AGAIN = {
    Clearance.LIVE: "cleared",
    Clearance.QUARANTINED: "quarantined",
    Clearance.REVOKED: "revoked",
}
"""States between which a release moves by what is decided, and the event of each."""


def _new_state(
    connection: Connection, ports: Ports, known: Knowledge, version: str, decisions: list[Decision]
) -> Clearance | None:
    """The state that an own release should have, None where it has it or is in none that decisions change."""
    release = releases.find(connection, known.project.id, version) if known.project else None
    if release is None or release.unpublished is not None:
        return None
    stands = Clearance.LIVE if release.clearance is Clearance.YANKED else release.clearance
    if stands not in _DECIDED_AGAIN:
        return None
    release_key = ports.ecosystems[known.key.ecosystem].release_key
    state = _state(Subject(known.key, version), known.revocations, decisions, release_key)
    return None if state is stands else state


def _move_own(
    connection: Connection, known: Knowledge, version: str, state: Clearance, decision: Decision, now: Instant
) -> None:
    release = releases.find(connection, known.project.id, version) if known.project else None
    if release is None:
        return
    releases.set_clearance(connection, release.id, state)
    body = {"decision": decision.id, "rules": [vote.rule for vote in decision.votes]}
    events.append(connection, new_event(_DECIDED_AGAIN[state], now, JUDGED_AS, known.key.purl(version), body))
    revisions.bump(connection, known.repository_id, known.key)


def _state(
    release: Subject, in_force: Iterable[Revocation], decisions: Iterable[Decision], release_key: VersionKey
) -> Clearance:
    """Revoked as a whole, or quarantined if nothing of it is served for other reasons than revocations of files."""
    if any(one.covers(release, release_key) for one in in_force):
        return Clearance.REVOKED
    return Clearance.QUARANTINED if all(map(_quarantines, decisions)) else Clearance.LIVE


def _quarantines(decision: Decision) -> bool:
    return any(vote.action.refuses_download and vote.rule != revoked.NAME for vote in decision.votes)


def _report_served(connection: Connection, known: Knowledge, version: str, decision: Decision, now: Instant) -> None:
    """An event for whoever must clean up: it was served here and is refused now."""
    served = downloads.exposure(connection, known.repository_id, known.key, [version], 1)
    purl = known.key.purl(version)
    reported = any(one.kind == "refused_after_serving" for one in events.of_subject(connection, purl, 50))
    if not served or reported or not any(vote.rule == "known_malware" for vote in decision.votes):
        return
    body = {"decision": decision.id, "why": decision.votes[0].why, "last_served": served[0].at}
    events.append(connection, new_event("refused_after_serving", now, JUDGED_AS, purl, body))


def enqueue_rechecks(
    connection: Connection,
    changed: Collection[ProjectKey],
    ecosystems: Mapping[str, Ecosystem],
    occasion: str,
    enqueue: Enqueue,
) -> None:
    """Promise rechecks of every stored release of the changed projects and their twins, in the caller's transaction."""
    twins: dict[str, set[str]] = {}
    for key in changed:
        twins.setdefault(key.ecosystem, set()).add(ecosystems[key.ecosystem].twin_key(key.name))
    for repository in repositories.repositories(connection):
        alike = [
            key
            for ecosystem, names in twins.items()
            for key in projects.keys_of_twins(connection, repository.id, ecosystem, sorted(names))
        ]
        found = list(_stored_releases(connection, repository.id, alike))
        _enqueue(connection, repository.id, found, f"{occasion}:{repository.id}", enqueue)


def enqueue_project_rechecks(
    connection: Connection, repository_id: int, keys: Collection[ProjectKey], occasion: str, enqueue: Enqueue
) -> None:
    """Promise rechecks of every stored release of some projects, in the caller's transaction."""
    _enqueue(connection, repository_id, list(_stored_releases(connection, repository_id, keys)), occasion, enqueue)


def enqueue_own_rechecks(
    connection: Connection, repository_id: int, ecosystem: Ecosystem, pattern: str, occasion: str, enqueue: Enqueue
) -> None:
    """Promise rechecks of our own projects whose names or twins match a glob, in the caller's transaction."""
    own = _own_keys(connection, repository_id, ecosystem.id)
    glob, twin_key = ecosystem.twin_key(pattern), ecosystem.twin_key
    matching = [key for key in own if glob_matches(glob, twin_key(key.name))]
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
