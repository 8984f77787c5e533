"""What a scan is asked, and what it answers."""

from __future__ import annotations

import msgspec

from pratique.core.scans import Verdict
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.score import Scored, score

UNFINISHED = "SCAN-01"
"""The finding that the scan itself could not do all it should."""

_BECAUSE = 50
"""So many at most of the findings that made the verdict, and of those that something failed, are told before others."""

_SEVERITY = tuple(Severity)
_POINTS = tuple(ExecutionPoint)


class Subject(msgspec.Struct, frozen=True):
    """Whose artefact it is, as far as whoever asks knows; what the artefact itself states fills in the rest.

    Attributes:
        ecosystem: one of the six; empty to be told from file name and content.
        name: of the project.
        version: of the release.
        filename: of the artefact.
    """

    ecosystem: str = ""
    name: str = ""
    version: str = ""
    filename: str = ""


class Report(msgspec.Struct, frozen=True):
    """What a scan of one artefact found.

    Attributes:
        subject: with what the artefact stated.
        verdict: what is to be done.
        score: 0 to 100.
        findings: the worst first.
        files: that were looked at.
        unpacked: bytes of them.
        left_out: findings beyond the limit, which are not told.
        finished: everything was looked at that should be; otherwise it is not clear, whatever else was found.
    """

    subject: Subject
    verdict: Verdict
    score: int
    findings: tuple[Finding, ...]
    files: int = 0
    unpacked: int = 0
    left_out: int = 0
    finished: bool = True


def unfinished(why: str, file: str = "", excerpt: str = "") -> Finding:
    """The finding that something could not be looked at. It weighs high, so that a person looks instead."""
    sentence = f"the scanner could not finish: {why}"
    severity, specificity = Severity.HIGH, Specificity.TELLING
    point = ExecutionPoint.RUN
    return Finding(UNFINISHED, 1, severity, specificity, point, file, 0, excerpt_of(excerpt), sentence)


def report_of(subject: Subject, findings: list[Finding], most: int, files: int = 0, unpacked: int = 0) -> Report:
    """Findings in order, scored.

    Args:
        subject: whose.
        findings: in any order; each is told once.
        most: findings that are told.
        files: that were looked at.
        unpacked: bytes of them.
    """
    ordered = sorted(dict.fromkeys(findings), key=_order)
    scored: Scored = score(ordered)
    failures = [one for one in ordered if one.detector == UNFINISHED]
    # What the verdict rests on is told, however much else there is.
    half = max(1, min(most // 2, _BECAUSE))
    first = {*scored.because[:half], *failures[:half]}
    others = [one for one in ordered if one not in first][: max(0, most - len(first))]
    told = tuple(sorted((*first, *others), key=_order))
    left_out = len(ordered) - len(told)
    return Report(subject, scored.verdict, scored.points, told, files, unpacked, left_out, not failures)


def report_unfinished(subject: Subject, why: str) -> Report:
    """The report on an artefact at which the scanner failed: for review, whatever it is."""
    return report_of(subject, [unfinished(why)], 1)


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        -_SEVERITY.index(finding.severity),
        _POINTS.index(finding.point),
        finding.file,
        finding.line,
        finding.detector,
        finding.layers,
        finding.sentence,
        finding.excerpt,
    )
