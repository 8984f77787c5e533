"""Releases that come into the queue of reviewers by what a scan found, in the transaction that notes it."""

from __future__ import annotations

from collections import Counter

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind
from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.events import new_event
from pratique.core.names import ProjectKey
from pratique.core.reviews import CaseState, Suspicion
from pratique.core.scans import Verdict
from pratique.scan.findings import Finding, excerpt_of
from pratique.scan.score import score
from pratique.store import events, files, projects, release_cases, scans
from pratique.store.release_cases import Evidence, Opened, StoredCase
from pratique.store.scans import Artefact, StoredScan

SCANNER = Actor(ActorKind.SERVICE, name="scan")
"""Who speaks, clears and quarantines by what a scan says."""

FIRST_VERDICT = "first_verdict"
"""From the publish of a file to what its scan says."""

TO_QUARANTINE = "to_quarantine"
"""From the publish of a file to its release being held."""

TO_DECISION = "to_decision"
"""From the moment at which a release came into the queue to what people decided."""

TIMES = (FIRST_VERDICT, TO_QUARANTINE, TO_DECISION)

MOST_EVIDENCE = 50
"""Findings that are kept of one artefact: those that made the verdict, then the worst."""

_MOST_OF_ALL = 200
"""Findings that are kept of one release, however many files it has."""


class Scanned(msgspec.Struct, frozen=True):
    """One artefact of a release that was scanned.

    Attributes:
        own: it was published here: in quarantine nobody gets it.
    """

    repository_id: int
    own: bool
    scan: StoredScan

    @property
    def key(self) -> ProjectKey:
        """The project."""
        return self.scan.artefact.key

    @property
    def version(self) -> str:
        """Of the release."""
        return self.scan.artefact.version

    @property
    def filename(self) -> str:
        """Of the artefact."""
        return self.scan.artefact.filename


def note_scan(connection: Connection, scan: StoredScan) -> None:
    """Note what a scan says with every release that has the artefact, or is about to."""
    artefact = scan.artefact
    for repository_id, origin in scans.homes(connection, artefact):
        own = origin is Origin.OWN
        if not own or _has(connection, repository_id, artefact):
            note_verdict(connection, Scanned(repository_id, own, scan), SCANNER, scan.result.at)


def _has(connection: Connection, repository_id: int, artefact: Artefact) -> bool:
    project = projects.find(connection, repository_id, artefact.key)
    row = files.find(connection, project.id, artefact.filename) if project else None
    return row is not None and row.sha256 == artefact.sha256


def note_verdict(connection: Connection, scanned: Scanned, by: Actor, now: Instant) -> StoredCase | None:
    """Put the release into the queue if the scan speaks against it, take it out if it no longer does.

    What a person has cleared comes back only with something that they have not seen, what they have confirmed never.

    Returns:
        The case that waits for a person, None if there is none.
    """
    known = release_cases.find(connection, scanned.repository_id, scanned.key, scanned.version)
    suspicion = _suspicion(scanned.scan.result.verdict)
    if suspicion is None:
        return _taken_back(connection, scanned, known, by, now)
    evidence = _evidence(scanned)
    if known is not None and not _is_new(known, evidence):
        return known if known.state is CaseState.WAITING else None
    waits = known is not None and known.state is CaseState.WAITING
    others = tuple(one for one in known.evidence if one.filename != scanned.filename) if known and waits else ()
    opened = Opened(
        key=scanned.key,
        version=scanned.version,
        own=scanned.own,
        suspicion=known.suspicion.or_stronger(suspicion) if known and waits else suspicion,
        why=scanned.scan.result.told_to_clients,
        score=max(scanned.scan.result.score, known.score if known and waits else 0),
        evidence=_bounded((*evidence, *others)),
        held=scanned.own and (_is_held(scanned.scan) or (waits and known is not None and known.held)),
    )
    case = release_cases.put(connection, scanned.repository_id, opened, now)
    body = {"file": scanned.filename, "suspicion": case.suspicion, "score": case.score, "why": case.why}
    events.append(connection, new_event("to_review", now, by, scanned.key.purl(scanned.version), body))
    return case


def _bounded(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The first of each file, then the second: much in one file leaves out nothing that is in another."""
    met: Counter[str] = Counter()
    ranked = []
    for one in evidence:
        ranked.append((met[one.filename], one))
        met[one.filename] += 1
    return tuple(one for _, one in sorted(ranked, key=lambda pair: pair[0])[:_MOST_OF_ALL])


def is_held(case: StoredCase | None) -> bool:
    """Whether nobody gets the release until a person has decided."""
    return case is not None and case.state is CaseState.WAITING and case.held


def _is_held(scan: StoredScan) -> bool:
    """In quarantine; also if the scanner could not finish, as nobody knows then what is in it."""
    return scan.result.verdict is Verdict.QUARANTINE or not scan.result.finished


def _suspicion(verdict: Verdict) -> Suspicion | None:
    if verdict is Verdict.CLEAR:
        return None
    return Suspicion.QUARANTINE if verdict is Verdict.QUARANTINE else Suspicion.REVIEW


def _is_new(known: StoredCase, evidence: tuple[Evidence, ...]) -> bool:
    """Whether anything is said that nobody who decided, or will, has before them."""
    return known.state is not CaseState.CONFIRMED and not set(evidence) <= set(known.evidence)


def _taken_back(
    connection: Connection, scanned: Scanned, known: StoredCase | None, by: Actor, now: Instant
) -> StoredCase | None:
    """The scan says nothing of this file any more: unless others do, or it is of another file, nobody need look."""
    if known is None or known.state is not CaseState.WAITING:
        return None
    left = tuple(one for one in known.evidence if one.filename != scanned.filename)
    if left or known.weight or len(left) == len(known.evidence):
        return known
    reason = "scanned again, nothing speaks against it any more"
    release_cases.decide(connection, known.id, CaseState.CLEARED, by.name, reason, now)
    body = {"reason": reason}
    events.append(connection, new_event("case_cleared", now, by, scanned.key.purl(scanned.version), body))
    return None


def _evidence(scanned: Scanned) -> tuple[Evidence, ...]:
    found = msgspec.json.decode(scanned.scan.findings, type=tuple[Finding, ...])
    first = score(found).because
    ordered = [*first, *(one for one in found if one not in first)]
    return tuple(
        Evidence(
            scanned.filename,
            one.detector,
            one.severity.value,
            excerpt_of(one.file),
            one.line,
            excerpt_of(one.excerpt),
            excerpt_of(one.sentence),
        )
        for one in ordered[:MOST_EVIDENCE]
    )
