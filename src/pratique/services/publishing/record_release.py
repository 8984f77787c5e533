"""Record one judged upload: everything about it in one transaction."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.artifacts import Clearance, Digests, Finding, Manifest, Origin, PublishDraft, Signature
from pratique.core.clock import Instant, to_iso
from pratique.core.decisions import Decision
from pratique.core.errors import Conflict
from pratique.core.events import Event, new_event
from pratique.core.limits import ScanWhen
from pratique.core.names import ProjectKey
from pratique.core.ports import StoredBlob
from pratique.services.accounts.sign_in import check_still_good
from pratique.services.changes import outdate_alike
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.name_likeness import NewName, begin_review, names_alike
from pratique.services.judging.recheck_release import RECHECK_JOB
from pratique.services.ports import Enqueue, Visit
from pratique.services.publishing.index_entry import check_room
from pratique.services.publishing.names_a_day import check_names_a_day
from pratique.services.publishing.release_room import ReleaseRoom, check_release_room
from pratique.services.publishing.scan_release import SCAN_JOB
from pratique.services.publishing.sign_files import keep_signatures
from pratique.store import awaiting_scans, events, files, findings, projects, releases, revisions
from pratique.store.awaiting_scans import Awaiting
from pratique.store.projects import Project


class Accepted(msgspec.Struct, frozen=True):
    """All that was found out about an upload before its bytes are kept.

    Attributes:
        manifest: as much of it as the index carries.
        digests: of the bytes that arrived.
        decision: at most hold.
        max_entries: bytes of what the index may carry of all files of one project.
        room: what else a release takes in.
        new_names: projects that an account may found within a day; 0: no limit.
        signature: of this server over the file, where its clients verify one.
        new_name: what the name would be taken for, of a project that is new.
        scan: when the release is scanned.
    """

    known: Knowledge
    draft: PublishDraft
    manifest: Manifest
    digests: Digests
    findings: tuple[Finding, ...]
    decision: Decision
    actor: Actor
    max_entries: int
    room: ReleaseRoom
    signature: Signature | None = None
    new_name: NewName | None = None
    new_names: int = 0
    scan: ScanWhen = ScanWhen.OFF


class ChangedMeanwhile(Exception):
    """The project is no longer the one that was judged."""


def is_recorded(connection: Connection, accepted: Accepted, now: Instant) -> bool:
    """Whether exactly this file is here by now; if not, it may be recorded.

    Asked before its bytes are kept, so that no refusal leaves bytes behind, and again when it is recorded.

    Raises:
        ChangedMeanwhile: the project is no longer the one that was judged.
        Unauthorised: the credential has ended since the upload began.
        Forbidden: the account founded as many projects as it may in a day.
        Conflict: the file exists with other bytes, the version was taken back or takes no more files, or the name
            has a twin here.
        TooLarge: the project's index has no room for it.
    """
    known = accepted.known
    check_still_good(connection, accepted.actor, now)
    if revisions.project_revision(connection, known.repository_id, known.key) != known.revision:
        raise ChangedMeanwhile
    if is_here(connection, known, accepted.draft, accepted.digests.sha256):
        return True
    if known.origin is Origin.OWN:
        check_release_room(connection, known, accepted.draft, accepted.digests.sha256, accepted.room, now)
        check_room(connection, known, accepted.manifest, accepted.max_entries)
    else:
        refuse_twin(known.key, projects.own_twin(connection, known.repository_id, known.key, known.twin) is not None)
        _check_names_alike(connection, accepted)
        check_names_a_day(connection, accepted.actor, accepted.new_names, now)
    return False


def _check_names_alike(connection: Connection, accepted: Accepted) -> None:
    """Of two names that look the same and are founded at once, the second is held against the first."""
    known, judged, founder = accepted.known, accepted.new_name, accepted.actor.account
    if judged is not None and names_alike(connection, known.repository_id, known.key, founder) != judged.alike:
        raise ChangedMeanwhile


def record_release(
    connection: Connection, visit: Visit, accepted: Accepted, blob: StoredBlob, enqueue: Enqueue, now: Instant
) -> str:
    """One transaction: project, release, file, tags, findings, event and job. Returns what happens next.

    Raises:
        ChangedMeanwhile, Unauthorised, Conflict, TooLarge: as `is_recorded`.
    """
    draft, manifest, known = accepted.draft, accepted.manifest, accepted.known
    if is_recorded(connection, accepted, now):
        return unchanged(draft)
    project = _own_project(connection, accepted, now)
    release = releases.find(connection, project.id, draft.version) or releases.create(
        connection, project.id, draft.version, _begins(accepted), now
    )
    metadata_sha256 = hashlib.sha256(manifest.metadata).hexdigest() if manifest.metadata else None
    row = files.create_own(connection, release, draft.filename, blob, manifest, metadata_sha256, now)
    if accepted.signature is not None:
        keep_signatures(connection, project.id, ((draft.filename, accepted.signature),))
    for tag in draft.tags:
        releases.set_tag(connection, project.id, tag, draft.version)
    for finding in accepted.findings:
        findings.add(connection, project.id, draft.version, draft.filename, finding, now)
    event = _published(known.key, accepted, blob, now)
    events.append(connection, event)
    outdate_alike(connection, known.repository_id, known.key, known.twin)  # a twin upstream is nobody's from now on
    if accepted.scan is not ScanWhen.OFF:
        withheld = accepted.scan is ScanWhen.BEFORE
        awaiting_scans.add(connection, Awaiting(row.id, withheld, since=now, claimed_until=Instant(0)))
    enqueue(
        connection,
        RECHECK_JOB if accepted.scan is ScanWhen.OFF else SCAN_JOB,
        {"repository_id": known.repository_id, "releases": [[known.key.ecosystem, known.key.name, draft.version]]},
        event.id,
    )
    return _what_next(visit, accepted)


def _begins(accepted: Accepted) -> Clearance:
    return Clearance.SCANNING if accepted.scan is ScanWhen.BEFORE else Clearance.LIVE


def refuse_twin(key: ProjectKey, has_twin: bool) -> None:  # noqa: FBT001
    """Two names that people and tools take for one must not both be ours. Raises Conflict, without the other name."""
    if has_twin:
        raise Conflict(f"a project is here already that is one with {key.name} to {key.ecosystem}; choose another name")


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
    if release is not None and release.unpublished is not None:
        raise Conflict(
            f"{known.key.name}@{draft.version} was unpublished on {to_iso(release.unpublished)[:10]}, and a version "
            "number is never used again; choose the next one"
        )
    earlier = files.find(connection, known.project.id, draft.filename)
    if earlier is not None and earlier.sha256 != sha256:
        raise Conflict(
            f"{draft.filename} already exists with other content; "
            "a published file never changes, choose the next version"
        )
    return earlier is not None


def unchanged(draft: PublishDraft) -> str:
    """What is told whoever publishes the same bytes again."""
    return f"{draft.filename} is already here with the same bytes; nothing changed"


def _own_project(connection: Connection, accepted: Accepted, now: Instant) -> Project:
    """The project row as ours: existing, new, or taken over from an upstream by a decision that allowed it."""
    known, draft, actor = accepted.known, accepted.draft, accepted.actor
    current = known.project
    if current is not None and current.origin is Origin.OWN:
        return current
    if current is None:
        project = projects.create(
            connection, known.repository_id, known.key, draft.name, Origin.OWN, None, "members", now, known.twin
        )
    else:
        projects.make_own(connection, current.id, draft.name)
        project = current
        events.append(connection, new_event("origin_changed", now, actor, known.key.purl(), {"to": "own"}))
    if actor.account is not None:
        projects.set_role(connection, project.id, actor.account, "owner")
        projects.note_founder(connection, project.id, actor.account, now)
    if accepted.new_name is not None and accepted.new_name.likeness is not None:
        begin_review(connection, known, accepted.new_name, actor, now)
    return project


def _published(key: ProjectKey, accepted: Accepted, blob: StoredBlob, now: Instant) -> Event:
    body = {"file": accepted.draft.filename, "sha256": blob.sha256, "size": blob.size}
    return new_event("published", now, accepted.actor, key.purl(accepted.draft.version), body)


def _what_next(visit: Visit, accepted: Accepted) -> str:
    what, vote = f"{accepted.known.key.name}@{accepted.draft.version}", accepted.decision.vote
    if vote is not None and vote.action.leaves_listing:
        note = f"{what} is stored in {visit.repository.name} and not offered: it {vote.why} ({vote.rule})"
    else:
        note = f"{what} is live in {visit.repository.name}"
    return note + "".join(f"; note: {finding.sentence}" for finding in accepted.findings)
