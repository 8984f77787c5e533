"""From findings to a verdict: how bad, how telling, and when it runs. One reporter's word, never the last one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import msgspec

from pratique.core.scans import Verdict
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity


class Scored(msgspec.Struct, frozen=True):
    """What findings come to.

    Attributes:
        verdict: see `score`.
        points: 0 to 100; orders a reviewer's queue and decides nothing else.
        because: the findings that made the verdict, empty when it is clear.
    """

    verdict: Verdict
    points: int
    because: tuple[Finding, ...] = ()


_SEVERITY = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
_PARTS = {Severity.LOW: 0.02, Severity.MEDIUM: 0.12, Severity.HIGH: 0.45, Severity.CRITICAL: 0.9}
_SPECIFICITY = {Specificity.COMMON: 0.4, Specificity.UNUSUAL: 0.75, Specificity.TELLING: 1.0}
_POINT = {
    ExecutionPoint.INSTALL: 1.0,
    ExecutionPoint.BUILD: 0.95,
    ExecutionPoint.START: 0.9,
    ExecutionPoint.RUN: 0.7,
    ExecutionPoint.NONE: 0.3,
}


_PLACES = 2


def weight(finding: Finding) -> Severity:
    """What a finding counts as: one step less where harmless code does the same, and one less where nothing runs it."""
    rank = _SEVERITY.index(finding.severity)
    rank -= finding.specificity is Specificity.COMMON
    rank -= finding.point is ExecutionPoint.NONE
    return _SEVERITY[max(rank, 0)]


def score(findings: Sequence[Finding]) -> Scored:
    """The verdict on one artefact.

    Quarantine needs one finding that weighs critical, or two independent ones that weigh high of which one runs
    unasked (at install, build or start). One that weighs high is for review. All else is told and changes nothing.

    Independent: by different detectors, about different lines.
    """
    critical = tuple(finding for finding in findings if weight(finding) is Severity.CRITICAL)
    high = tuple(finding for finding in findings if weight(finding) is Severity.HIGH)
    points = _points(findings)
    if critical:
        return Scored(Verdict.QUARANTINE, points, critical)
    pair = _independent_pair(high)
    if pair:
        return Scored(Verdict.QUARANTINE, points, pair)
    return Scored(Verdict.REVIEW if high else Verdict.CLEAR, points, high)


def _points(findings: Sequence[Finding]) -> int:
    innocent = 1.0
    for finding in {(one.detector, one.file): one for one in findings}.values():
        innocent *= 1 - _PARTS[finding.severity] * _SPECIFICITY[finding.specificity] * _POINT[finding.point]
    return round(100 * (1 - innocent))


def _independent_pair(high: Sequence[Finding]) -> tuple[Finding, ...]:
    """Two findings of different detectors about different lines, one of which runs unasked."""
    for one, other in combinations(_of_each_detector(high), 2):
        independent = one.detector != other.detector and _place(one) != _place(other)
        if independent and (one.point.is_unasked or other.point.is_unasked):
            return one, other
    return ()


def _of_each_detector(high: Sequence[Finding]) -> list[Finding]:
    """At most four of each detector: however much one of them finds, the others' findings are not lost behind it.

    Two that run unasked and two that may not, about different lines: whatever another detector finds, and wherever, one
    of them is a pair with it if any is.
    """
    kept: dict[tuple[str, bool], dict[tuple[object, ...], Finding]] = {}
    for one in high:
        places = kept.setdefault((one.detector, one.point.is_unasked), {})
        if len(places) < _PLACES:
            places.setdefault(_place(one), one)
    return [one for places in kept.values() for one in places.values()]


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.file, finding.line, finding.layers
