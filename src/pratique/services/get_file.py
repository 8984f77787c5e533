"""Install, second half: an artefact's bytes, decided on all facts. The steps are ARCHITECTURE.md, "Install"."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.artifacts import Digests, Finding, Manifest, Origin, Severity
from pratique.core.clock import Instant
from pratique.core.decisions import Action, Decision
from pratique.core.errors import NotFound, Unavailable
from pratique.core.facts import DigestCheck
from pratique.core.ports import BlobFile, StoredBlob
from pratique.core.sentences import clean
from pratique.rules import digest_mismatch
from pratique.services.fetch_file import FetchPlan
from pratique.services.find_file import FoundFile, find_file, refuse_file
from pratique.services.gather import DIGEST_FINDING, digest_lies, file_stage
from pratique.services.judge import decide_file, decide_one, inquire, know
from pratique.services.ports import Ports, Visit
from pratique.services.sources import KEPT_AS
from pratique.store import files, findings, projects, revisions
from pratique.store.files import FileRow

log = structlog.get_logger(__name__)


class Known(msgspec.Struct, frozen=True):
    """What HEAD tells: the size, as far as it is known without fetching."""

    size: int | None


class Stored(msgspec.Struct, frozen=True):
    """Bytes in the store; whoever takes them closes the blob."""

    blob: BlobFile
    sha256: str


class Coming(msgspec.Struct, frozen=True):
    """Bytes still on their way; whoever takes them calls `leave`.

    Attributes:
        chunks: raises when the rest will never come; the connection must be cut then.
    """

    size: int | None
    chunks: AsyncIterator[bytes]
    leave: Callable[[], None]


class FileAnswer(msgspec.Struct, frozen=True):
    """An artefact that nothing refuses.

    Attributes:
        headers: a warning where policy warns.
    """

    body: Known | Stored | Coming
    headers: dict[str, str] = {}


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
    if ports.downloads.is_full:
        raise Unavailable("downloads cannot be recorded at the moment; try again soon", retry_after=10)
    found = await find_file(ports, visit, name, filename)
    row = found.known.files.get(filename)
    body: Stored | Coming | None = None
    if row is not None and row.sha256 is not None:
        body = await _from_store(ports, visit, found, row, row.sha256)
    if body is None:
        body = await _from_upstream(ports, visit, found, row, whole=whole)
    ports.downloads.note(found.known.repository_id, found.known.key, found.file, visit.actor, ports.clock.now())
    return FileAnswer(body, warning_headers(visit, found.decision))


async def _from_store(ports: Ports, visit: Visit, found: FoundFile, row: FileRow, sha256: str) -> Stored | None:
    """The stored blob if its file facts allow it; None if it is missing or damaged and must be fetched again."""
    decision = decide_file(found.inquiry, found.facts)
    if decision.action.refuses_download:
        await refuse_file(ports, visit, found.inquiry, found.view, decision)
    try:
        blob = await asyncio.to_thread(ports.blobs.open, sha256)
    except FileNotFoundError:
        log.error("stored blob is missing; restore it from a backup", file=row.filename, sha256=sha256)
        return None
    if blob.size != row.size:
        blob.close()
        log.error("stored blob has another size; restore it from a backup", file=row.filename, sha256=sha256)
        return None
    return Stored(blob, sha256)


async def _from_upstream(
    ports: Ports, visit: Visit, found: FoundFile, row: FileRow | None, *, whole: bool
) -> Stored | Coming:
    """Fetch it, with everybody else who asks for it now."""
    upstream = found.upstream
    if upstream is None or found.file.gone:
        if row is not None and row.sha256 is not None:
            raise Unavailable(
                f"the stored bytes of {found.file.filename} are missing or damaged; "
                "ask the server's operator to restore them from a backup (the log names the blob)",
                retry_after=600,
            )
        raise NotFound(f"the bytes of {found.file.filename} are not here any more, and nobody offers them")
    recorded = found.known.digests.get(row.sha256, Digests(row.sha256)) if row and row.sha256 else None

    async def judge(observed: Digests) -> None:
        await judge_bytes(ports, visit, found, DigestCheck(found.file.digests, recorded, observed))

    async def record(blob: StoredBlob) -> None:
        await ports.db.write(record_fetched, found, blob, ports.clock.now())

    address = await ports.descriptions.address(upstream, visit.ecosystem, found.file)
    plan = FetchPlan(upstream.url, address, judge, record, found.file.size)
    passenger = ports.flights.board((found.known.repository_id, found.known.key, found.file.filename), plan)
    try:
        stored = await (passenger.completed() if whole else passenger.complete_or_deadline())
        if stored is None:
            return Coming(passenger.size, passenger.chunks(), passenger.leave)
        blob = await asyncio.to_thread(ports.blobs.open, stored.sha256)
    except BaseException:
        passenger.leave()
        raise
    passenger.leave()
    return Stored(blob, stored.sha256)


async def judge_bytes(ports: Ports, visit: Visit, found: FoundFile, check: DigestCheck) -> None:
    """Decide with the bytes in hand, on what is known by now: a revocation may have come meanwhile.

    Raises:
        Refused: hold or deny. Bytes that are not what the index promises leave a finding, so that
            the file leaves the listing on every node.
    """
    known = await know(ports, visit, found.known.key)
    inquiry = inquire(ports, visit, known)
    facts, _ = await asyncio.to_thread(decide_one, inquiry, found.view, found.file)
    decision = decide_file(inquiry, file_stage(facts, check))
    if not decision.action.refuses_download:
        return
    if any(vote.rule == digest_mismatch.NAME for vote in decision.votes):
        await ports.db.write(record_lie, found, check, decision, ports.clock.now())
    await refuse_file(ports, visit, inquiry, found.view, decision)


def record_fetched(connection: Connection, found: FoundFile, blob: StoredBlob, now: Instant) -> None:
    """Note that the file is stored, with its index entry for the day the upstream lists it no more.

    Raises:
        Conflict: another process recorded other bytes for the same file first.
        NotFound: the project is gone or became ours meanwhile.
    """
    known, file = found.known, found.file
    project = projects.find(connection, known.repository_id, known.key)
    if project is None or project.origin is Origin.OWN:
        raise NotFound(f"{known.key.name} is no longer what it was when the download began; try again")
    row = files.record_stored(connection, project.id, file.version, file.filename, blob, file.published, now)
    entry = Manifest(known.key.name, file.version, {KEPT_AS: msgspec.to_builtins(file)}, b"", file.execution_points)
    files.describe(connection, row.id, entry)
    projects.mark_served(connection, project.id, now)
    revisions.bump(connection, known.repository_id, known.key)


def record_lie(connection: Connection, found: FoundFile, check: DigestCheck, decision: Decision, now: Instant) -> None:
    """Note bytes that are not what the index promises; the project's views are outdated from here on."""
    known, file = found.known, found.file
    project = projects.find(connection, known.repository_id, known.key)
    if project is None or check.observed is None or file.filename in digest_lies(known):
        return
    vote = next(vote for vote in decision.votes if vote.rule == digest_mismatch.NAME)
    detail = {"observed": msgspec.to_builtins(check.observed), "listed": msgspec.to_builtins(check.listed)}
    finding = Finding(DIGEST_FINDING, Severity.CRITICAL, vote.why, detail)
    findings.add(connection, project.id, file.version, file.filename, finding, now)
    revisions.bump(connection, known.repository_id, known.key)


def warning_headers(visit: Visit, decision: Decision) -> dict[str, str]:
    """The sentence of a warning, in the headers that clients print."""
    vote = decision.vote
    if vote is None or decision.action is not Action.WARN:
        return {}
    line = clean(f"Warning by policy {vote.rule}: {decision.subject} {vote.why}; see {visit.explain_url(decision.id)}")
    return visit.ecosystem.write_warning(line)
