"""Take back a project, release or file at once and everywhere, and give it back as fast."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, Operation
from pratique.core.artifacts import Clearance, Digests, Origin
from pratique.core.clock import Instant
from pratique.core.decisions import Revocation
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound
from pratique.core.events import new_event
from pratique.core.names import ProjectKey, Subject
from pratique.core.ranges import VersionKey, same_version
from pratique.services.accounts.project_proof import write_proved
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import outdate_alike
from pratique.services.disk import at_all_costs
from pratique.services.governing.exposure import Exposure, exposure
from pratique.services.governing.reach import look_for
from pratique.services.judging.judge import authorise_on, know
from pratique.services.judging.recheck_release import enqueue_project_rechecks
from pratique.services.ports import Enqueue, Ports
from pratique.services.purls import Named, read_purl
from pratique.services.reasons import read_reason
from pratique.services.visits import visit_repository
from pratique.store import events, files, projects, releases, revocations
from pratique.store.projects import Project


class Revoked(msgspec.Struct, frozen=True):
    """What was done.

    Attributes:
        purl: canonical.
        filename: None for all files.
        revocation: its id, which `unrevoke` takes back.
        event: id of the event.
        exposure: who fetched it before.
        note: what whoever revoked should know: that it reaches no file so far.
    """

    purl: str
    filename: str | None
    revocation: int
    event: str
    exposure: Exposure
    note: str | None = None


class Unrevoked(msgspec.Struct, frozen=True):
    """What was given back."""

    purl: str
    filename: str | None
    revocations: tuple[int, ...]
    event: str


async def revoke(ports: Ports, repository: str, purl: str, filename: str | None, reason: str, actor: Actor) -> Revoked:
    """Refuse it from now on, on every process within a second; on a full disk with the help of its reserve.

    Raises:
        Invalid: no purl, no reason, or a file without a version.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again.
        Conflict: it is revoked already.
    """
    named = read_purl(purl, ports.ecosystems)
    if not reason.strip():
        raise Invalid("say why: whoever is refused will read it")
    visit = await visit_repository(ports, repository, named.key.ecosystem, actor)
    known = await know(ports, visit, named.key)
    now = ports.clock.now()
    authorise_on(visit, Operation.REVOKE, known, now)  # 1
    said, repository_id = read_reason(reason), visit.repository.id
    record = (record_revocation, repository_id, named, filename, said, actor, now, visit.ecosystem)
    number, event = await at_all_costs(ports.reserve, lambda: write_as(ports.db, actor, now, *record))  # 2
    reach = await look_for(ports, visit, known, named, filename)
    if reach.digests:
        listed = (record_listed_bytes, repository_id, named, number, reach.digests, visit.ecosystem)
        await at_all_costs(ports.reserve, lambda: ports.db.write(*listed))
    seen = await exposure(ports, repository, purl, actor)  # 5
    return Revoked(named.purl, filename, number, event, seen, reach.note)


async def unrevoke(ports: Ports, repository: str, purl: str, filename: str | None, actor: Actor) -> Unrevoked:
    """Serve it again.

    Raises:
        NotFound: no such revocation is in force.
        Forbidden, StepUpNeeded: as for `revoke`; also where an administrator revoked and the actor is none, or where
            the owners demand a one-time code, which a verb does not carry.
    """
    named = read_purl(purl, ports.ecosystems)
    visit = await visit_repository(ports, repository, named.key.ecosystem, actor)
    known = await know(ports, visit, named.key)
    now = ports.clock.now()
    authorise_on(visit, Operation.UNREVOKE, known, now)
    numbers, event = await write_proved(
        ports,
        visit,
        named.key,
        Purpose.UNREVOKE,
        record_lifting,
        visit.repository.id,
        named,
        filename,
        actor,
        now,
        visit.ecosystem,
        ports.enqueue,
    )
    return Unrevoked(named.purl, filename, numbers, event)


def record_revocation(
    connection: Connection,
    repository_id: int,
    named: Named,
    filename: str | None,
    reason: str,
    actor: Actor,
    now: Instant,
    ecosystem: Ecosystem,
) -> tuple[int, str]:
    """One transaction: revocation with the bytes stored here, state of an own release, event, revisions.

    An administrator may add to what an owner revoked, so that the owner alone cannot give it back.
    """
    for one in _of_exactly(connection, repository_id, named, filename, ecosystem):
        if one.by_admin or not actor.admin:
            raise Conflict(f"{named.purl} is revoked already{_as_twin(named, one)}")
    number = revocations.add(
        connection,
        repository_id,
        named.key,
        named.version,
        filename,
        reason,
        actor.name,
        now,
        twin=ecosystem.twin_key(named.key.name),
        by_admin=actor.admin,
    )
    if filename is not None:
        stored = _stored_bytes(connection, repository_id, named, filename, ecosystem.release_key)
        revocations.add_digests(connection, number, stored)
    _settle_own_releases(connection, repository_id, named.key, ecosystem)
    body = {"revocation": number, "filename": filename, "reason": reason}
    event = new_event("revoked", now, actor, named.purl, body)
    events.append(connection, event)
    outdate_alike(connection, repository_id, named.key, ecosystem.twin_key(named.key.name))
    return number, event.id


def _of_exactly(
    connection: Connection, repository_id: int, named: Named, filename: str | None, ecosystem: Ecosystem
) -> list[Revocation]:
    """Revocations in force of exactly this subject, or of what is one with it to the ecosystem."""
    in_force = revocations.in_force(connection, repository_id, named.key, ecosystem.twin_key(named.key.name))
    return [one for one in in_force if one.is_of(named.version, filename, ecosystem.release_key)]


def _as_twin(named: Named, one: Revocation) -> str:
    return "" if one.twin is None else f", as {ProjectKey(named.key.ecosystem, one.twin).purl(one.version)}"


def _stored_bytes(
    connection: Connection, repository_id: int, named: Named, filename: str, release_key: VersionKey
) -> tuple[Digests, ...]:
    """Digests of the stored file that is revoked, none if it is not stored."""
    project = projects.find(connection, repository_id, named.key)
    row = files.find(connection, project.id, filename) if project else None
    if row is None or row.sha256 is None or not same_version(named.version or "", row.version, release_key):
        return ()
    return tuple(files.blob_digests(connection, (row.sha256,)).values())


def record_listed_bytes(
    connection: Connection,
    repository_id: int,
    named: Named,
    number: int,
    digests: tuple[Digests, ...],
    ecosystem: Ecosystem,
) -> None:
    """One transaction: the digests that the index states of a revoked file, revisions.

    On its own, because a revocation waits for no upstream.
    """
    revocations.add_digests(connection, number, digests)
    outdate_alike(connection, repository_id, named.key, ecosystem.twin_key(named.key.name))


def record_lifting(
    connection: Connection,
    repository_id: int,
    named: Named,
    filename: str | None,
    actor: Actor,
    now: Instant,
    ecosystem: Ecosystem,
    enqueue: Enqueue,
) -> tuple[tuple[int, ...], str]:
    """One transaction: lift every revocation of exactly this subject, if the actor may lift them all.

    What else may refuse a release that is given back is found out by the job promised with it. What was revoked
    under a twin's name is given back under that name.
    """
    alike = _of_exactly(connection, repository_id, named, filename, ecosystem)
    found = [one for one in alike if one.twin is None]
    if not found:
        near = f"; it is revoked{_as_twin(named, alike[0])}: give that back" if alike else ""
        raise NotFound(f"no revocation of {named.purl}{f' ({filename})' if filename else ''} is in force{near}")
    if any(one.by_admin for one in found) and not actor.admin:
        raise Forbidden(f"{named.purl} was revoked by an administrator; only an administrator gives it back: ask one")
    numbers = tuple(one.id for one in found)
    for number in numbers:
        revocations.lift(connection, number, actor.name, now)
    event = new_event("unrevoked", now, actor, named.purl, {"revocations": list(numbers), "filename": filename})
    events.append(connection, event)
    given_back = _settle_own_releases(connection, repository_id, named.key, ecosystem)
    enqueue_project_rechecks(connection, repository_id, given_back, event.id, enqueue)
    outdate_alike(connection, repository_id, named.key, ecosystem.twin_key(named.key.name))
    return numbers, event.id


def _settle_own_releases(
    connection: Connection, repository_id: int, key: ProjectKey, ecosystem: Ecosystem
) -> tuple[ProjectKey, ...]:
    """Own releases carry the state, an upstream's have none: revoked is what a revocation in force covers.

    Returns:
        The project, or a twin of it, of which something was given back: that is live, until the recheck finds that
        something else refuses it.
    """
    twin = ecosystem.twin_key(key.name)
    own = (one for one in projects.of_twin(connection, repository_id, key.ecosystem, twin) if one.origin is Origin.OWN)
    return tuple(one.key for one in own if _settle(connection, one, twin, ecosystem.release_key))


_IN_USE = (Clearance.SCANNING, Clearance.LIVE, Clearance.YANKED, Clearance.QUARANTINED)
"""States of a release that a revocation ends. What was still being scanned stays withheld until it was."""


def _settle(connection: Connection, project: Project, twin: str, release_key: VersionKey) -> bool:
    """Whether a release was given back."""
    in_force = revocations.in_force(connection, project.repository_id, project.key, twin)
    given_back = False
    for release in releases.of_project(connection, project.id):
        covered = any(one.covers(Subject(project.key, release.version), release_key) for one in in_force)
        if covered and release.clearance in _IN_USE:
            releases.set_clearance(connection, release.id, Clearance.REVOKED)
        elif not covered and release.clearance is Clearance.REVOKED:
            releases.set_clearance(connection, release.id, Clearance.LIVE)
            given_back = True
    return given_back
