"""Have one artefact scanned, compared with the release before, and keep what was found."""

from __future__ import annotations

from contextlib import AsyncExitStack

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.errors import Invalid
from pratique.core.events import canonical_bytes, new_event
from pratique.core.ports import BlobFile, ReadAt
from pratique.core.scans import ScanResult, Verdict
from pratique.scan.detectors.versions import rules_version
from pratique.scan.findings import excerpt_of
from pratique.scan.report import Report, Subject, report_unfinished
from pratique.scan.shared.turns import Hurry
from pratique.services.blob_threads import in_blob_thread
from pratique.services.judging.cases import note_scan
from pratique.services.judging.recheck_release import RECHECK_JOB, Recheck
from pratique.services.ports import Enqueue, Ports
from pratique.services.scanning.previous import previous_of
from pratique.services.scanning.rescan_part import rescan_compared
from pratique.store import events, revisions, scans
from pratique.store.scans import Artefact, StoredScan

SCANNED = "scanned"
"""Kind of the event that a scan found something, or something else than before."""

MOST_FINDINGS = 256 << 10
"""Bytes of findings that are kept of one artefact; the worst are."""

_log = structlog.get_logger(__name__)


async def scan_stored(ports: Ports, artefact: Artefact, *, hurry: Hurry = Hurry.NOBODY) -> ScanResult | None:
    """Scan a stored artefact; None if its bytes are not here.

    Raises:
        Unavailable: there is no scanner, or it has too much to do.
        OSError: the bytes cannot be read.
    """
    try:
        blob = await in_blob_thread(ports.blobs.open, artefact.sha256)
    except FileNotFoundError:
        return None
    try:
        return await scan_artefact(ports, artefact, blob, hurry=hurry)
    finally:
        blob.close()


async def scan_artefact(
    ports: Ports, artefact: Artefact, content: ReadAt, *, hurry: Hurry = Hurry.NOBODY
) -> ScanResult:
    """Scan an artefact whose bytes are in hand, stored or not, and keep what was found.

    Whatever the artefact does to the scanner, there is a result; where the scanner failed at it, that says so.

    Args:
        ports: the wired parts.
        artefact: whose bytes, by their sha256.
        content: the bytes.
        hurry: who waits for it.

    Raises:
        Unavailable: there is no scanner, or it has too much to do.
        OSError: the bytes cannot be read.
    """
    ecosystem = ports.ecosystems[artefact.ecosystem]
    before = await ports.db.read(previous_of, ecosystem, artefact, ports.clock.now())
    async with AsyncExitStack() as held:
        previous = await _opened(ports, before)
        if previous is not None:
            held.callback(previous.close)
        report = await _report(ports, artefact, content, previous, hurry=hurry)
    one = _stored(artefact, report, before if previous is not None else None, ports.clock.now())
    await ports.db.write(record_scan, ports.enqueue, one, durable=False)
    return one.result


async def _opened(ports: Ports, sha256: str | None) -> BlobFile | None:
    try:
        return None if sha256 is None else await in_blob_thread(ports.blobs.open, sha256)
    except OSError:
        return None


async def _report(
    ports: Ports, artefact: Artefact, content: ReadAt, previous: BlobFile | None, *, hurry: Hurry
) -> Report:
    subject = Subject(artefact.ecosystem, artefact.name, artefact.version, artefact.filename)
    compared = "" if previous is None else ":".join(map(str, previous.identity))
    key = f"{artefact.sha256} {artefact.ecosystem} {artefact.name} {compared}"
    try:
        return await ports.scanner.scan(subject, content, previous, key=key, hurry=hurry, whose=str(artefact.key))
    except Invalid as error:
        return report_unfinished(subject, str(error))


def _stored(artefact: Artefact, report: Report, previous: str | None, now: Instant) -> StoredScan:
    worst = report.findings[0] if report.findings else None
    result = ScanResult(
        sha256=artefact.sha256,
        verdict=report.verdict,
        score=report.score,
        rules=rules_version(),
        at=now,
        finished=report.finished,
        detector="" if worst is None else worst.detector,
        file="" if worst is None else excerpt_of(worst.file),
        line=0 if worst is None else worst.line,
        sentence="" if worst is None else excerpt_of(worst.sentence),
    )
    return StoredScan(artefact, result, _findings(report), previous)


def _findings(report: Report) -> str:
    """As canonical JSON within bounds, the worst first."""
    told, size = [], 2
    for one in report.findings:
        plain = msgspec.to_builtins(one)
        size += len(canonical_bytes(plain)) + 1
        if size > MOST_FINDINGS:
            break
        told.append(plain)
    return canonical_bytes(told).decode()


def record_scan(connection: Connection, enqueue: Enqueue, one: StoredScan) -> None:
    """Keep it; what is decided by it changes at once, wherever a project has the artefact.

    A first scan that finds nothing changes no decision, and leaves what is rendered as it is.
    """
    key, result = one.artefact.key, one.result
    before = scans.of_project(connection, key).get(result.sha256)
    scans.record(connection, one)
    note_scan(connection, one)
    if not _changes(before, result):
        return
    body = {
        "sha256": result.sha256,
        "file": one.artefact.filename,
        "verdict": result.verdict.value,
        "before": None if before is None else before.verdict.value,
        "found": result.told,
    }
    event = new_event(SCANNED, result.at, OPERATOR, key.purl(one.artefact.version), body)
    events.append(connection, event)
    if result.verdict is Verdict.QUARANTINE:
        rescan_compared(connection, enqueue, key, result.sha256, event.id)
    _log.warning("a scan found something", purl=event.subject, **body)
    for repository_id, origin in scans.homes(connection, one.artefact):
        revisions.bump(connection, repository_id, key)
        if origin is Origin.OWN:
            work = Recheck(repository_id, ((key.ecosystem, key.name, one.artefact.version),))
            enqueue(connection, RECHECK_JOB, msgspec.to_builtins(work), f"{event.id}:{repository_id}")


def _changes(before: ScanResult | None, now: ScanResult) -> bool:
    """Whether anybody is told or refused anything else; a hold begins anew with each scan that finds the same."""
    if before is None:
        return now.verdict is not Verdict.CLEAR
    told = (before.verdict, before.finished, before.told)
    return now.verdict is Verdict.QUARANTINE or told != (now.verdict, now.finished, now.told)
