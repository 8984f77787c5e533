"""Install, second half: an artefact's bytes, decided on all facts. The steps are ARCHITECTURE.md, "Install"."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.artifacts import Manifest, Origin
from pratique.core.clock import Instant
from pratique.core.decisions import Action, Decision
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import NotFound, Unavailable
from pratique.core.facts import Seen
from pratique.core.ports import BlobDraft, StoredBlob
from pratique.core.sentences import warning_line
from pratique.services.blob_threads import in_blob_thread
from pratique.services.installing.fetch_plan import FetchPlan
from pratique.services.installing.file_answers import Arriving, Cleared, FileAnswer, Known, Stored
from pratique.services.judging.file_facts import remember_seen, see_bytes
from pratique.services.judging.find_file import FoundFile, find_file, refuse_file
from pratique.services.judging.gather import file_stage
from pratique.services.judging.index_claims import Comparison, note_not_compared
from pratique.services.judging.judge import decide_file, decide_one, inquire, know
from pratique.services.judging.sources import KEPT_AS
from pratique.services.ports import Ports, Visit
from pratique.services.publishing.record_release import ChangedMeanwhile
from pratique.services.scanning.before_serving import is_awaited, scan_seen, with_scan
from pratique.store import blob_use, files, projects, revisions
from pratique.store.files import FileRow

log = structlog.get_logger(__name__)


async def head_file(ports: Ports, visit: Visit, name: str, filename: str) -> FileAnswer:
    """What is known of the file from the stored document; never fetches. Raises as `get_file`."""
    found = await find_file(ports, visit, name, filename)
    row = found.known.files.get(filename)
    size = row.size if row is not None and row.size is not None else found.file.size
    return FileAnswer(Known(size), warning_headers(visit, found.decision))


async def get_file(ports: Ports, visit: Visit, name: str, filename: str, *, whole: bool = False) -> FileAnswer:
    """The file's bytes, from the store or, the first time, through it.

    Args:
        whole: wait until it is stored, however long that takes (a client asks for a range).

    Raises:
        InvalidName, NotFound, Unauthorised, Forbidden: as for the listing.
        Refused: hold or deny, by listing facts before anything is fetched or by file facts after.
        BadUpstream, Unavailable: it could not be fetched, or could not be recorded.
    """
    await ports.downloads.room()  # before anything is fetched that could not be handed out
    found = await find_file(ports, visit, name, filename)
    row = found.known.files.get(filename)
    answer = None
    if row is not None and row.sha256 is not None:
        answer = await _from_store(ports, visit, found, row, row.sha256)
    if answer is None:
        answer = FileAnswer(await _from_upstream(ports, visit, found, row, whole=whole))
    sha256 = answer.body.sha256 if isinstance(answer.body, Stored) else None

    async def record() -> None:
        await ports.downloads.room()  # fetching may have taken long
        now, known = ports.clock.now(), found.known
        ports.downloads.note(known.repository_id, known.key, found.file, visit.actor, now, sha256)

    return msgspec.structs.replace(answer, headers=warning_headers(visit, found.decision), record=record)


async def _from_store(ports: Ports, visit: Visit, found: FoundFile, row: FileRow, sha256: str) -> FileAnswer | None:
    """The stored blob if its file facts allow it; None if it is missing or damaged and must be fetched again."""
    facts = found.facts
    if is_awaited(facts):
        if not await in_blob_thread(ports.blobs.exists, sha256):
            return None
        facts = await with_scan(ports, found.known.key, found.file, facts, sha256)
    decision = decide_file(found.inquiry, facts)
    if decision.action.refuses_download:
        await refuse_file(ports, visit, found.inquiry, found.view, decision)
    try:
        blob = await in_blob_thread(ports.blobs.open, sha256)
    except FileNotFoundError:
        if await ports.db.read(blob_use.place_of, sha256) is None:
            log.error("stored blob is missing; restore it from a backup", file=row.filename, sha256=sha256)
        return None
    if blob.size != row.size:
        blob.close()
        log.error("stored blob has another size; restore it from a backup", file=row.filename, sha256=sha256)
        return None
    return FileAnswer(Stored(blob, sha256), cleared=_cleared(found, decision, sha256, blob.size))


def _cleared(found: FoundFile, decision: Decision, sha256: str, size: int) -> Cleared:
    known, file = found.known, found.file
    ends = [end for end in (found.until, found.decision.valid_until, decision.valid_until) if end is not None]
    return Cleared(
        known.repository_id,
        known.key,
        file.version,
        file.filename,
        sha256,
        size,
        known.origin is Origin.OWN,
        known.revision,
        found.inquiry.now,
        min(ends, default=None),
    )


async def _from_upstream(
    ports: Ports, visit: Visit, found: FoundFile, row: FileRow | None, *, whole: bool
) -> Stored | Arriving:
    """Fetch it, with everybody else who asks for it now."""
    upstream = found.upstream
    if upstream is None or found.file.gone:
        if row is not None and row.sha256 is not None and await ports.db.read(blob_use.place_of, row.sha256) is None:
            raise Unavailable(
                f"the stored bytes of {found.file.filename} are missing or damaged; "
                "ask the server's operator to restore them from a backup (the log names the blob)",
                retry_after=600,
            )
        raise NotFound(f"the bytes of {found.file.filename} are not here any more, and nobody offers them")
    address = await ports.descriptions.address(upstream, visit.ecosystem, found.file)
    plan = _fetch_plan(ports, visit, found, upstream.url, address)
    key = (found.known.repository_id, found.known.key, found.file.filename, address, found.file.digests)
    passenger = ports.flights.board((*key, upstream.url, plan.too_long is None), plan)
    try:
        stored = await (passenger.completed() if whole else passenger.complete_or_deadline())
        if stored is None:
            return Arriving(passenger.size, passenger.chunks(), passenger.leave)
        blob = await in_blob_thread(ports.blobs.open, stored.sha256)
    except BaseException:
        passenger.leave()
        raise
    passenger.leave()
    return Stored(blob, stored.sha256)


def _fetch_plan(ports: Ports, visit: Visit, found: FoundFile, upstream_url: str, address: str) -> FetchPlan:
    scans_first = is_awaited(found.facts)

    async def see(draft: BlobDraft) -> Seen:
        seen = await asyncio.to_thread(see_bytes, draft)
        return await scan_seen(ports, found.known.key, found.file, seen, draft) if scans_first else seen

    async def judge(seen: Seen) -> int:
        return await judge_bytes(ports, visit, found, seen)

    async def record(blob: StoredBlob, seen: Seen, revision: int) -> None:
        await ports.db.write(record_fetched, visit.ecosystem, found, blob, seen, revision, ports.clock.now())

    async def record_unkept(blob: StoredBlob, seen: Seen, revision: int) -> None:
        now = ports.clock.now()
        await ports.db.write(record_fetched, visit.ecosystem, found, blob, seen, revision, now, kept=False)

    turn = partial(ports.uploads.turn, found.known.key)
    plan = FetchPlan(upstream_url, address, see, judge, record, found.file.size, record_unkept, turn)
    if not scans_first:
        return plan
    waiting = ports.scans_under_way
    return replace(plan, too_long=waiting.too_long(found.file.filename), patience=waiting.waiting.within)


async def judge_bytes(ports: Ports, visit: Visit, found: FoundFile, seen: Seen) -> int:
    """Decide with the bytes in hand, on what is known by now: a revocation or a lie may have come meanwhile.

    Returns:
        The revision of what is known; the judgement holds for it alone.

    Raises:
        Refused: hold or deny. If it is for what was seen of the bytes, that is kept first, so that the
            file leaves the listing on every node.
    """
    known = await know(ports, visit, found.known.key)
    inquiry = inquire(ports, visit, known)
    facts, decision = await asyncio.to_thread(decide_one, inquiry, found.view, found.file)
    if decision.action.refuses_download:
        await refuse_file(ports, visit, inquiry, found.view, decision)
    decision = decide_file(inquiry, file_stage(facts, found.file, seen))
    if decision.action.refuses_download:
        await ports.db.write(record_refused, found, seen, decision, ports.clock.now())
        await refuse_file(ports, visit, inquiry, found.view, decision)
    return known.revision


def record_fetched(
    connection: Connection,
    ecosystem: Ecosystem,
    found: FoundFile,
    blob: StoredBlob,
    seen: Seen,
    revision: int,
    now: Instant,
    *,
    kept: bool = True,
) -> None:
    """Note that the file is stored, with its index entry for the day the upstream lists it no more.

    One that was only passed on (`kept` is false) is recorded as one that was removed to make room.

    Raises:
        ChangedMeanwhile: the project is no longer the one that was judged.
        Conflict: another process recorded other bytes for the same file first.
        NotFound: the project is gone or became ours meanwhile.
    """
    known, file = found.known, found.file
    if revisions.project_revision(connection, known.repository_id, known.key) != revision:
        raise ChangedMeanwhile
    project = projects.find(connection, known.repository_id, known.key)
    if project is None or project.origin is Origin.OWN:
        raise NotFound(f"{known.key.name} is no longer what it was when the download began; try again")
    if not kept:
        blob_use.record_absent(connection, blob, now)
    row = files.record_stored(connection, project.id, file.version, file.filename, blob, file.published, now, kept=kept)
    entry = Manifest(known.key.name, file.version, {KEPT_AS: msgspec.to_builtins(file)}, b"", file.execution_points)
    files.describe(connection, row.id, entry)
    remember_seen(connection, project.id, file, seen, None, now)
    note_not_compared(connection, project, ecosystem, Comparison(blob.sha256, file), now)
    projects.mark_served(connection, project.id, now)
    revisions.bump(connection, known.repository_id, known.key)


def record_refused(connection: Connection, found: FoundFile, seen: Seen, decision: Decision, now: Instant) -> None:
    """Keep what was seen of refused bytes; the project's views are outdated from here on."""
    known = found.known
    project = projects.find(connection, known.repository_id, known.key)
    if project is None:
        return
    if remember_seen(connection, project.id, found.file, seen, decision.vote, now):
        revisions.bump(connection, known.repository_id, known.key)


def warning_headers(visit: Visit, decision: Decision) -> dict[str, str]:
    """The sentence of a warning, in the headers that clients print."""
    if decision.action is not Action.WARN:
        return {}
    return visit.ecosystem.write_warning(warning_line(decision, visit.explain_url(decision.id)))
