"""Take in one upload, or refuse it with a sentence. The steps are ARCHITECTURE.md, "Publish"."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import cast

import msgspec

from pratique.core.account_verbs import Purpose
from pratique.core.actors import ActorKind, Operation
from pratique.core.artifacts import Digests, Finding, Manifest, Origin, PublishDraft, Severity
from pratique.core.clock import Instant
from pratique.core.decisions import Action, Decision, Moment
from pratique.core.ecosystem import Rendered
from pratique.core.ecosystem_verbs import ChecksReleases
from pratique.core.errors import Conflict, Forbidden, Invalid, InvalidName, TooLarge, Unauthorised
from pratique.core.facts import Absent, Facts, Stage
from pratique.core.limits import ScanWhen
from pratique.core.ports import BlobDraft
from pratique.core.project_verbs import EditsDocuments, SentDocument
from pratique.core.ranges import same_version
from pratique.rules import similar_name
from pratique.rules.decide import decide
from pratique.services.accounts.project_proof import check_proof, write_proved
from pratique.services.disk import refused_by_disk
from pratique.services.judging.founding import ask_whether_public
from pratique.services.judging.gather import publish_stage
from pratique.services.judging.index_claims import CLAIM_FINDING
from pratique.services.judging.judge import authorise_on, inquire, know, refuse
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.name_likeness import NewName, judge_new_name
from pratique.services.ports import Ports, Visit
from pratique.services.publishing.edit_project import edit_project
from pratique.services.publishing.index_entry import read_indexed
from pratique.services.publishing.placeholder import find_placeholder
from pratique.services.publishing.record_release import (
    Accepted,
    ChangedMeanwhile,
    is_here,
    is_recorded,
    record_release,
    refuse_twin,
    unchanged,
)
from pratique.services.publishing.release_room import ReleaseRoom
from pratique.services.publishing.scan_release import scanned_in_time, told
from pratique.services.publishing.sign_files import sign_file
from pratique.trust.permissions import authorise_founding, authorise_somewhere, neither

_FEED_BYTES = 1 << 18
"""Body bytes handed to the reading thread at once."""

_TRIES = 16
"""Changes of a project during one publish; more are taken for a fight over it."""


async def publish(
    ports: Ports, visit: Visit, name: str | None, headers: Mapping[str, str], body: AsyncIterator[bytes]
) -> Rendered:
    """Take in one upload.

    Args:
        name: the project the URL names; None where only the body does (PyPI).
        headers: of the request, for the reader to learn boundaries and types.
        body: the request body as it arrives.

    Raises:
        Unauthorised, Forbidden: the actor may not publish this project.
        CodeNeeded: its owners demand a one-time code, and no good one came along.
        Invalid, TooLarge: the upload is broken, hostile, over a limit, or contradicts itself.
        Conflict: the file exists with other bytes.
        Refused: policy does not let this name, release or file in.
        Unavailable: too many uploads are under way, of this account or of all.
        As `edit_project`, where the body is no upload but the project's document.
    """
    await authorise_publisher(ports, visit, name)  # 1
    async with ports.uploads.slot(visit.actor.account or visit.actor.name):
        blob = await open_draft(ports)
        try:
            draft = await store_upload(ports, visit, headers, body, blob)  # 2
            if isinstance(draft, SentDocument):
                return await _edit(ports, visit, name, draft)
            note = await take_in(ports, visit, name, draft, blob)  # 3 to 6
        except OSError as error:
            raise refused_by_disk(error) from error
        finally:
            await asyncio.to_thread(blob.discard)
    return visit.ecosystem.write_published(draft, await _scanned(ports, visit, draft, note))  # 7


async def _scanned(ports: Ports, visit: Visit, draft: PublishDraft, note: str) -> str:
    """What happens next: what can be installed at once is so by now, unless its scan takes long or finds something."""
    if ports.publish_limits.scan is not ScanWhen.BEFORE:
        return note
    key = visit.key(draft.name)
    # Without patience for the scan, the promised job does it all.
    standing = await scanned_in_time(ports, visit.repository.id, key, draft.version)
    return note if standing is None else told(key, draft.version, visit.repository.name, standing, note)


async def _edit(ports: Ports, visit: Visit, name: str | None, sent: SentDocument) -> Rendered:
    """The body carries no artefact: it is the project's document, changed.

    Of a name that is nobody's, which all may publish, the same is said as of a project that is hidden from the actor.
    """
    project = sent.name if name is None else name
    known = await know(ports, visit, visit.key(project))
    if known.origin is not Origin.OWN and not visit.actor.admin:
        raise neither(Operation.PUBLISH, visit.actor)
    note = await edit_project(ports, visit, project, sent)
    return cast("EditsDocuments", visit.ecosystem).write_edited(note)


async def take_in(ports: Ports, visit: Visit, name: str | None, draft: PublishDraft, blob: BlobDraft) -> str:
    """Read, judge and record an upload that has arrived whole; what happens next, as a sentence."""
    known = await authorise_project(ports, visit, name, draft)
    await check_proof(ports, visit, known.key, Purpose.PUBLISH)
    digests = check_digests(draft, blob)
    refuse_attestations(visit, draft)  # 4, before anything that could call the upload done
    if await ports.db.read(is_here, known, draft, digests.sha256):
        await judge_publish(ports, visit, known, draft, digests)  # what is refused is not told to be fine
        await ports.uploads.run(blob.keep)  # what is stored may have been damaged since
        return unchanged(draft)
    manifest, noticed = await read_artefact(ports, visit, draft, blob)  # 3
    limits, artefact = ports.publish_limits, (known.key.ecosystem, draft.filename, manifest)
    judged = await judge_publish(ports, visit, known, draft, digests)  # 5
    accepted = Accepted(
        known=known,
        draft=draft,
        manifest=await ports.uploads.run(read_indexed, visit.ecosystem, draft.filename, manifest, limits.max_entry),
        digests=digests,
        findings=(*noticed, *await ports.uploads.run(find_placeholder, *artefact, blob, limits)),
        decision=judged.decision,
        new_name=judged.new_name,
        actor=visit.actor,
        max_entries=limits.max_entries,
        new_names=limits.new_names,
        scan=limits.scan,
        room=ReleaseRoom(limits.release_open, visit.ecosystem),
        signature=await ports.uploads.run(
            sign_file, ports.signer, visit.ecosystem, known.key.name, draft.version, digests
        ),
    )
    async with ports.uploads.turn(known.key):
        return await record_judged(ports, visit, accepted, blob)  # 6


async def open_draft(ports: Ports) -> BlobDraft:
    """A temporary blob. Raises Unavailable if the disk refuses."""
    try:
        return await asyncio.to_thread(ports.blobs.draft)
    except OSError as error:
        raise refused_by_disk(error) from error


async def authorise_publisher(ports: Ports, visit: Visit, name: str | None) -> None:
    """Turn away who may publish nothing, or nothing of this name, before the body is read."""
    if visit.actor.kind is ActorKind.NOBODY:
        raise Unauthorised("publishing needs a token; make one with `pratique token create`")
    authorise_somewhere(visit.actor, Operation.PUBLISH, ports.clock.now())
    if name is not None:
        may_publish(visit, await know(ports, visit, visit.key(name)), ports.clock.now())


def may_publish(visit: Visit, known: Knowledge, now: Instant) -> None:
    """Return if the actor may publish into the project, or found it. Raises Unauthorised, Forbidden."""
    authorise_on(visit, Operation.PUBLISH, known, now)
    if known.origin is not Origin.OWN:
        authorise_founding(visit.actor, reserved=known.reservation is not None)


async def store_upload(
    ports: Ports, visit: Visit, headers: Mapping[str, str], body: AsyncIterator[bytes], blob: BlobDraft
) -> PublishDraft | SentDocument:
    """Stream the body through the ecosystem's reader into a temporary blob."""
    reader = visit.ecosystem.publish_reader(headers, blob.write)
    taken, waiting = 0, bytearray()
    async for chunk in body:
        taken += len(chunk)
        if taken > ports.publish_limits.max_upload:
            raise TooLarge(f"the upload is over {ports.publish_limits.max_upload} bytes (setting publish.max_upload)")
        waiting += chunk
        if len(waiting) >= _FEED_BYTES:
            await ports.uploads.run(reader.feed, bytes(waiting))
            waiting.clear()
    if waiting:
        await ports.uploads.run(reader.feed, bytes(waiting))
    return await ports.uploads.run(reader.finish)


async def authorise_project(ports: Ports, visit: Visit, name: str | None, draft: PublishDraft) -> Knowledge:
    """May this actor publish into this project, or found it? Raises also if URL and body name two projects."""
    key = visit.key(draft.name)
    if name is not None and visit.key(name) != key:
        raise Invalid(f"the address names {visit.key(name).name}, the upload itself {key.name}; they must agree")
    known = await know(ports, visit, key)
    may_publish(visit, known, ports.clock.now())
    check_name(visit, known, draft)
    check_version(visit, known, draft)
    return known


def check_name(visit: Visit, known: Knowledge, draft: PublishDraft) -> None:
    """Refuse a name that nobody may newly take, another spelling of ours, or one that takes no uploads.

    Raises:
        InvalidName, Conflict, Forbidden: which of them it is.
    """
    check_takes_uploads(known)
    if known.project is None or known.origin is not Origin.OWN:
        refuse_twin(known.key, known.has_own_twin)
        visit.ecosystem.check_new_name(draft.name)
    elif visit.ecosystem.one_spelling and draft.name != known.project.display:
        raise InvalidName(f'"{draft.name}" is written "{known.project.display}" here; write it so in every release')


def check_version(visit: Visit, known: Knowledge, draft: PublishDraft) -> None:
    """Refuse a version that cannot stand beside one that is here. Raises Conflict.

    Knowledge of another revision is never recorded under, so of two that arrive at once the second meets the first.
    """
    if known.origin is not Origin.OWN:
        return
    key = visit.ecosystem.release_key
    for version in sorted({row.version for row in known.files.values()} - {draft.version}):
        if same_version(version, draft.version, key):
            raise Conflict(
                f"{known.key.name}@{version} is here already, and to {known.key.ecosystem} it is the same version as "
                f"{draft.version}; a published release never changes, choose the next version"
            )


def check_takes_uploads(known: Knowledge) -> None:
    """Raises Forbidden for an own project that is archived or quarantined (PEP 792)."""
    project = known.project
    if project is None or known.origin is not Origin.OWN or project.status is None or project.status.takes_uploads:
        return
    reason = f": {project.status.reason}" if project.status.reason else ""
    lifted_by_admin = project.status.is_quarantined and project.status_by_admin
    who = "an administrator" if lifted_by_admin else "its owner"
    raise Forbidden(
        f"{known.key.name} is {project.status.marker} and takes no uploads{reason}; {who} can say otherwise: "
        f"`pratique project status {known.key.purl()} active`"
    )


def check_digests(draft: PublishDraft, blob: BlobDraft) -> Digests:
    """The digests of what arrived. Raises Invalid if the client stated another one."""
    seen = blob.digests()
    wrong = draft.digests.conflicts(seen)
    if wrong:
        stated, found = getattr(draft.digests, wrong[0]), getattr(seen, wrong[0])
        raise Invalid(f"{draft.filename}: the {wrong[0]} you sent is {stated}, the bytes that arrived have {found}")
    return seen


async def read_artefact(
    ports: Ports, visit: Visit, draft: PublishDraft, blob: BlobDraft
) -> tuple[Manifest, tuple[Finding, ...]]:
    """Believe the artefact: read the manifest, note where the claim differs."""
    limits = ports.publish_limits.archive
    manifest = await ports.uploads.run(visit.ecosystem.read_manifest, draft.filename, blob, limits)
    if isinstance(visit.ecosystem, ChecksReleases):
        await ports.uploads.run(visit.ecosystem.check_release, manifest)
    differing = await ports.uploads.run(visit.ecosystem.compare_claims, draft, manifest)
    if not differing:
        return manifest, ()
    sentence = f"the upload claims other values than the artefact for {', '.join(differing)}; the artefact is believed"
    return manifest, (Finding(CLAIM_FINDING, Severity.WARN, sentence, {"fields": list(differing)}),)


def refuse_attestations(visit: Visit, draft: PublishDraft) -> None:
    """An attestation that nobody verified must not look verified. Raises Invalid."""
    if draft.attested:
        raise Invalid(
            f"{draft.filename}: this server cannot verify attestations yet and stores none unverified; "
            f"upload again without them ({visit.ecosystem.without_attestations})"
        )


class Judged(msgspec.Struct, frozen=True):
    """What was decided on an upload; of a project that is new, also what its name would be taken for."""

    decision: Decision
    new_name: NewName | None = None


async def judge_publish(ports: Ports, visit: Visit, known: Knowledge, draft: PublishDraft, digests: Digests) -> Judged:
    """Decide whether the name may become or stay ours, and whether release and file are wanted at all.

    What only holds gets in: a person can approve no release that is not here.

    Raises:
        Refused: it is denied.
    """
    inquiry = inquire(ports, visit, known)
    asked: bool | Absent | None = None
    if known.origin is not Origin.OWN and known.reservation is None:
        asked = await ask_whether_public(ports, known.repository_id, known.key)
    new_name = await _judge_name(ports, visit, known, draft) if known.origin is not Origin.OWN else None
    facts: Facts = publish_stage(
        inquiry,
        draft.version,
        draft.filename,
        digests,
        public_exists=asked,
        new_name=None if new_name is None else new_name.review,
    )
    decision = decide(known.policy, facts, Stage.NAME, Moment.PUBLISH)
    if decision.action is Action.DENY:
        await refuse(ports, visit, inquiry, decision, None)
    return Judged(decision, new_name)


async def _judge_name(ports: Ports, visit: Visit, known: Knowledge, draft: PublishDraft) -> NewName | None:
    """What a new name would be taken for; not asked where the rule about it is off."""
    wanted = any(one.rule.name == similar_name.NAME for one in known.policy.rules)
    return await judge_new_name(ports, visit, known, draft.name) if wanted else None


async def record_judged(ports: Ports, visit: Visit, accepted: Accepted, blob: BlobDraft) -> str:
    """Keep and record what was judged; if the project changed since, authorise and judge again first.

    Raises:
        Unauthorised: the credential has ended since the upload began.
        CodeNeeded: the project's owners demand a code by now, or the one that came is over.
        Conflict: the file exists with other bytes, or the project changes all the time.
        TooLarge: the project's index has no room for it.
        Forbidden, Refused: what the project has become meanwhile does not let it in.
    """
    for _ in range(_TRIES):
        with contextlib.suppress(ChangedMeanwhile):
            if await ports.db.read(is_recorded, accepted, ports.clock.now()):
                return unchanged(accepted.draft)
            key = accepted.known.key
            await check_proof(ports, visit, key, Purpose.PUBLISH)  # it may be demanded, or be over, by now
            kept = await ports.uploads.run(blob.keep)
            recording = (record_release, visit, accepted, kept, ports.enqueue, ports.clock.now())
            return await write_proved(ports, visit, key, Purpose.PUBLISH, *recording)
        known = await know(ports, visit, accepted.known.key)
        may_publish(visit, known, ports.clock.now())
        check_name(visit, known, accepted.draft)
        check_version(visit, known, accepted.draft)
        judged = await judge_publish(ports, visit, known, accepted.draft, accepted.digests)
        fields = {"known": known, "decision": judged.decision, "new_name": judged.new_name}
        accepted = msgspec.structs.replace(accepted, **fields)
    raise Conflict(f"{accepted.known.key.name} is changing at this moment; try again")
