"""Say how an own project stands as a whole: active, archived, deprecated or quarantined (PEP 792)."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, Operation
from pratique.core.artifacts import Marker, Origin, ProjectStatus
from pratique.core.clock import Instant
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound
from pratique.core.events import new_event
from pratique.core.names import ProjectKey
from pratique.services.accounts.project_proof import write_proved
from pratique.services.accounts.sign_in import write_as
from pratique.services.judging.judge import authorise_on, know
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.recheck_release import enqueue_project_rechecks
from pratique.services.ports import Enqueue, Ports
from pratique.services.purls import read_purl
from pratique.services.reasons import read_reason
from pratique.services.visits import visit_repository
from pratique.store import events, projects, revisions
from pratique.trust.permissions import NO_SUCH_PROJECT


class SetStatus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say how an own project stands: archived ones take no uploads, of quarantined ones nothing is served either."""

    purl: str
    status: Marker
    reason: str = ""
    repository: str = "main"


class StatusSet(msgspec.Struct, frozen=True):
    """How the project stands now; `changed` is false where it stood so before."""

    purl: str
    status: str
    reason: str
    changed: bool


class _Wish(msgspec.Struct, frozen=True):
    """What is to become of which project, by what was known of it when the right was checked."""

    known: Knowledge
    status: ProjectStatus
    actor: Actor
    now: Instant

    @property
    def key(self) -> ProjectKey:
        return self.known.key


async def set_status(ports: Ports, request: SetStatus, actor: Actor) -> StatusSet:
    """Set it, in the index of every process within a second.

    Archiving and deprecating are an owner's, as who its members are; a quarantine is a revocation of the whole
    project, and ends as one: what an administrator laid down, only one lifts.

    Raises:
        Invalid: no purl of a project, or a quarantine without a reason.
        NotFound: there is no such own project, or none that the actor may know of.
        Unauthorised, Forbidden, StepUpNeeded: the actor may not, or the owners demand a proof that a token is not.
        Conflict: the project is an upstream's, or changes at this moment.
    """
    named = read_purl(request.purl, ports.ecosystems)
    if named.version is not None:
        raise Invalid(f"this is about the whole project: write {named.key.purl()}, without a version")
    status = ProjectStatus(request.status.value, read_reason(request.reason))
    if status.is_quarantined and not status.reason:
        raise Invalid("say why: whoever is refused will read it")
    visit = await visit_repository(ports, request.repository, named.key.ecosystem, actor)
    known, now = await know(ports, visit, named.key), ports.clock.now()
    for operation in _needed(_status(known), status):
        authorise_on(visit, operation, known, now)
    wish = _Wish(known, status, actor, now)
    if status.is_quarantined:  # as a revocation: what is harmful goes without waiting for anybody
        return await write_as(ports.db, actor, now, _record, wish, ports.enqueue)
    return await write_proved(ports, visit, named.key, Purpose.STATUS, _record, wish, ports.enqueue)


def _needed(before: ProjectStatus, after: ProjectStatus) -> tuple[Operation, ...]:
    """What the actor must be allowed to do."""
    ends = (Operation.UNREVOKE,) if before.is_quarantined and not after.is_quarantined else ()
    begins = Operation.REVOKE if after.is_quarantined else Operation.MEMBERS
    return (*ends, begins)


def _status(known: Knowledge) -> ProjectStatus:
    return (known.project.status if known.project is not None else None) or ProjectStatus()


def _record(connection: Connection, wish: _Wish, enqueue: Enqueue) -> StatusSet:
    known, status = wish.known, wish.status
    project = projects.find(connection, known.repository_id, wish.key)
    if project is None:
        raise NotFound(NO_SUCH_PROJECT)
    if project.origin is not Origin.OWN:
        raise Conflict(f"{wish.key.name} comes from an upstream, which says how it stands; you can deny it here")
    before = project.status or ProjectStatus()
    if before != _status(known):
        raise Conflict(f"{wish.key.name} is changing at this moment; try again")
    if before.is_quarantined and project.status_by_admin and not wish.actor.admin:
        raise Forbidden(f"{wish.key.name} was quarantined by an administrator: ask one to lift it")
    done = StatusSet(wish.key.purl(), status.marker, status.reason, changed=before != status)
    if not done.changed and project.status_by_admin >= wish.actor.admin:
        return done
    projects.set_status(connection, project.id, status, by_admin=wish.actor.admin)
    _note(connection, wish, enqueue, rechecked=before.is_quarantined is not status.is_quarantined)
    return done


def _note(connection: Connection, wish: _Wish, enqueue: Enqueue, *, rechecked: bool) -> None:
    """Event, revision, and the job that finds out what is to become of each release."""
    repository_id = wish.known.repository_id
    body = {"status": wish.status.marker, "reason": wish.status.reason}
    event = new_event("status_set", wish.now, wish.actor, wish.key.purl(), body)
    events.append(connection, event)
    revisions.bump(connection, repository_id, wish.key)
    if rechecked:
        enqueue_project_rechecks(connection, repository_id, [wish.key], event.id, enqueue)
