"""What a file's bytes tell: seen once while they are in hand, kept, and read back wherever the file is judged.

The one place that knows how. A new file fact is a field in `core.facts` and a line in `see_bytes`; what
refuses a download on it then leaves the listing too, whichever rule it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from pratique.core import facts as fact
from pratique.core.artifacts import Digests, FileView, Finding, Severity
from pratique.core.clock import Instant
from pratique.core.decisions import Vote
from pratique.core.facts import Absent, DigestCheck, Seen, Stage
from pratique.core.ports import BlobDraft
from pratique.services.judging.knowledge import Knowledge
from pratique.store import findings
from pratique.store.files import FileRow
from pratique.store.findings import StoredFinding

DIGEST_FINDING = "digest_mismatch"
"""Kind of the finding about refused bytes that are not what the index promised then: a lie is remembered
whatever the index says later."""

BYTES_FINDING = "bytes_seen"
"""Kind of the finding about other bytes, with the facts that were gathered from them."""

_KINDS = (DIGEST_FINDING, BYTES_FINDING)


class SeenBefore(msgspec.Struct, frozen=True):
    """Bytes that were in hand here once.

    Attributes:
        lied: they were refused and not what the index promised.
    """

    seen: Seen
    lied: bool


def see_bytes(draft: BlobDraft) -> Seen:
    """Look at the bytes once, for everybody who waits for them: no further than decisions need."""
    return Seen(draft.digests())


def remember_seen(
    connection: Connection, project_id: int, file: FileView, seen: Seen, refused: Vote | None, now: Instant
) -> bool:
    """Keep what was seen of bytes that are refused, or (without a vote) stored.

    Of stored bytes the blob keeps the digests; without further facts nothing is left to keep. A fact
    that could not be had is not kept: the next look may have it.

    Returns:
        Whether that is news; the caller then outdates the project's views.
    """
    facts = {
        name: value
        for name, value in seen.facts.items()
        if not isinstance(value, Absent) and name != fact.SCAN_RESULT.name  # scans are kept by themselves
    }
    if refused is None and not facts:
        return False
    finding = _finding(file.digests, Seen(seen.digests, facts), refused)
    earlier = [one.finding for one in findings.of_project(connection, project_id, file.filename)]
    last = next((one for one in reversed(earlier) if one.kind in _KINDS), None)
    if last is not None and (last.kind, last.detail) == (finding.kind, finding.detail):
        return False
    findings.add(connection, project_id, file.version, file.filename, finding, now)
    return True


def _finding(listed: Digests, seen: Seen, refused: Vote | None) -> Finding:
    detail = {"observed": seen.digests, "listed": listed, "facts": seen.facts}
    plain = msgspec.json.decode(msgspec.json.encode(detail))
    if refused is None:
        return Finding(BYTES_FINDING, Severity.NOTE, "was looked at when it was stored", plain)
    kind = DIGEST_FINDING if listed.conflicts(seen.digests) else BYTES_FINDING
    return Finding(kind, Severity.CRITICAL, refused.why, plain)


def seen_before(found: Iterable[StoredFinding]) -> dict[str, tuple[SeenBefore, ...]]:
    """Bytes once in hand here, by file name, in the order in which they came."""
    by_name: defaultdict[str, tuple[SeenBefore, ...]] = defaultdict(tuple)
    for one in found:
        if one.filename is not None and one.finding.kind in _KINDS:
            by_name[one.filename] += (_read(one.finding),)
    return dict(by_name)


def _read(finding: Finding) -> SeenBefore:
    observed = msgspec.convert(finding.detail["observed"], Digests)
    return SeenBefore(Seen(observed, _typed(finding.detail.get("facts", {}))), finding.kind == DIGEST_FINDING)


def _typed(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as the facts' types. What cannot be read any more was not seen: its rule waits, then denies."""
    values = {}
    for one in fact.ALL_FACTS:
        if one.stage is Stage.FILE and one.name in kept:
            try:
                values[one.name] = msgspec.convert(kept[one.name], one.kind)
            except msgspec.ValidationError:
                continue
    return values


def known_file_facts(
    known: Knowledge, row: FileRow | None, file: FileView, before: tuple[SeenBefore, ...]
) -> dict[str, Any]:
    """File facts that are known without the bytes in hand; empty if only they can tell.

    They are stored; or bytes came once that agree with what is listed now, or that lied, and had to
    be refused; or the index states no digest at all, so that nobody could tell these bytes from others.
    """
    stored = None
    if row is not None and row.sha256 is not None:
        stored = known.digests.get(row.sha256, Digests(sha256=row.sha256))
    lies = [one.seen for one in before if one.lied]
    refused = lies[-1].digests if lies else None
    wanted = stored or file.digests
    agreeing = [one.seen for one in before if not wanted.conflicts(one.seen.digests)]
    same = agreeing[-1] if agreeing else lies[-1] if lies and stored is None else None
    if stored is None and same is None and file.digests != Digests():
        return {}
    observed = same.digests if same is not None and stored is None else None
    check = DigestCheck(listed=file.digests, recorded=stored, observed=observed, refused=refused)
    return {**(same.facts if same is not None else {}), fact.DIGESTS.name: check}
