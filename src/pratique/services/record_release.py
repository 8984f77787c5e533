"""Record one judged upload: everything about it in one transaction."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.artifacts import Clearance, Digests, Finding, Manifest, Origin, PublishDraft
from pratique.core.clock import Instant
from pratique.core.errors import Conflict
from pratique.core.events import Event, new_event
from pratique.core.names import ProjectKey
from pratique.core.ports import StoredBlob
from pratique.services.knowledge import Knowledge
from pratique.services.ports import Enqueue, Visit
from pratique.services.recheck_release import RECHECK_JOB
from pratique.services.sign_in import check_still_good
from pratique.store import events, files, findings, projects, releases, revisions
from pratique.store.projects import Project


class Accepted(msgspec.Struct, frozen=True):
    """All that the business transaction needs."""

    known: Knowledge
    draft: PublishDraft
    manifest: Manifest
    blob: StoredBlob
    findings: tuple[Finding, ...]
    actor: Actor


class ChangedMeanwhile(Exception):
    """The project is no longer the one that was judged."""


def record_release(connection: Connection, visit: Visit, accepted: Accepted, enqueue: Enqueue, now: Instant) -> str:
    """One transaction: project, release, file, tags, findings, event and job. Returns what happens next.

    Raises:
        ChangedMeanwhile: the project is no longer the one that was judged.
        Unauthorised: the credential has ended since the upload began.
        Conflict: the file exists with other bytes, or the version was taken back.
    """
    check_still_good(connection, accepted.actor, now)
    draft, manifest, known = accepted.draft, accepted.manifest, accepted.known
    if revisions.project_revision(connection, known.repository_id, known.key) != known.revision:
        raise ChangedMeanwhile
    if is_here(connection, known, draft, accepted.blob.sha256):
        return unchanged(draft)
    project = _own_project(connection, known, draft, accepted.actor, now)
    release = releases.find(connection, project.id, draft.version) or releases.create(
        connection, project.id, draft.version, Clearance.LIVE, now
    )
    metadata_sha256 = hashlib.sha256(manifest.metadata).hexdigest() if manifest.metadata else None
    files.create_own(connection, release, draft.filename, accepted.blob, manifest, metadata_sha256, now)
    for tag in draft.tags:
        releases.set_tag(connection, project.id, tag, draft.version)
    for finding in accepted.findings:
        findings.add(connection, project.id, draft.version, draft.filename, finding, now)
    event = _published(known.key, accepted, now)
    events.append(connection, event)
    revisions.bump(connection, known.repository_id, known.key)
    enqueue(
        connection,
        RECHECK_JOB,
        {"repository_id": known.repository_id, "releases": [[known.key.ecosystem, known.key.name, draft.version]]},
        event.id,
    )
    return _what_next(visit, known.key, draft, accepted.findings)


def is_here(connection: Connection, known: Knowledge, draft: PublishDraft, sha256: str | None) -> bool:
    """Whether exactly this file is published already; asked before the artefact is read and again when recording.

    Raises:
        Conflict: the file exists with other bytes, or the version was taken back.
    """
    if known.project is None or known.origin is not Origin.OWN:
        return False
    release = releases.find(connection, known.project.id, draft.version)
    if release is not None and release.clearance in (Clearance.QUARANTINED, Clearance.REVOKED):
        raise Conflict(f"{known.key.name}@{draft.version} is {release.clearance}; publish under a new version")
    earlier = files.find(connection, known.project.id, draft.filename)
    if earlier is not None and earlier.sha256 != sha256:
        raise Conflict(
            f"{draft.filename} exists already with other content; "
            "a published file never changes, choose the next version"
        )
    return earlier is not None


def unchanged(draft: PublishDraft) -> str:
    """What is told whoever publishes the same bytes again."""
    return f"{draft.filename} is already here with the same bytes; nothing changed"


def _own_project(connection: Connection, known: Knowledge, draft: PublishDraft, actor: Actor, now: Instant) -> Project:
    """The project row as ours: existing, new, or taken over from an upstream by a decision that allowed it."""
    current = known.project
    if current is not None and current.origin is Origin.OWN:
        return current
    if current is None:
        project = projects.create(
            connection, known.repository_id, known.key, draft.name, Origin.OWN, None, "members", now
        )
    else:
        projects.make_own(connection, current.id)
        project = current
        events.append(connection, new_event("origin_changed", now, actor, known.key.purl(), {"to": "own"}))
    if actor.account is not None:
        projects.set_role(connection, project.id, actor.account, "owner")
    return project


def _published(key: ProjectKey, accepted: Accepted, now: Instant) -> Event:
    digests: Digests = accepted.blob.digests
    body = {"file": accepted.draft.filename, "sha256": digests.sha256, "size": accepted.blob.size}
    return new_event("published", now, accepted.actor, key.purl(accepted.draft.version), body)


def _what_next(visit: Visit, key: ProjectKey, draft: PublishDraft, noticed: tuple[Finding, ...]) -> str:
    note = f"{key.name}@{draft.version} is live in {visit.repository.name}"
    return note + "".join(f"; note: {finding.sentence}" for finding in noticed)
