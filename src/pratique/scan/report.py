"""What a scan is asked, and what it answers."""

from __future__ import annotations

import msgspec

from pratique.core.scans import Verdict
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.score import Scored, score

UNFINISHED = "SCAN-01"
"""The finding that the scan itself could not do all it should."""

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
    """

    subject: Subject
    verdict: Verdict
    score: int
    findings: tuple[Finding, ...]
    files: int = 0
    unpacked: int = 0
    left_out: int = 0


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
    told = tuple(ordered[:most])
    return Report(subject, scored.verdict, scored.points, told, files, unpacked, len(ordered) - len(told))


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
