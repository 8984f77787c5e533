"""From findings to a verdict."""

from __future__ import annotations

import itertools

import pytest

from pratique.core.scans import Verdict
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.score import score


def finding(severity, point=ExecutionPoint.INSTALL, *, detector="one", line=1, specificity=Specificity.TELLING):
    return Finding(detector, 1, severity, specificity, point, "file", line, "x", "Does something")


def test_nothing_found_is_clear():
    assert score([]).verdict is Verdict.CLEAR
    assert score([]).points == 0


def test_one_critical_finding_is_quarantined():
    assert score([finding(Severity.CRITICAL)]).verdict is Verdict.QUARANTINE


def test_one_high_finding_is_for_review():
    assert score([finding(Severity.HIGH)]).verdict is Verdict.REVIEW


def test_two_independent_high_findings_are_quarantined_if_one_runs_unasked():
    one = finding(Severity.HIGH, ExecutionPoint.RUN)

    assert (
        score([one, finding(Severity.HIGH, ExecutionPoint.START, detector="two", line=2)]).verdict is Verdict.QUARANTINE
    )
    assert score([one, finding(Severity.HIGH, ExecutionPoint.RUN, detector="two", line=2)]).verdict is Verdict.REVIEW


def test_two_findings_of_one_detector_or_about_one_line_are_one():
    one = finding(Severity.HIGH)

    assert score([one, finding(Severity.HIGH, line=2)]).verdict is Verdict.REVIEW
    assert score([one, finding(Severity.HIGH, detector="two")]).verdict is Verdict.REVIEW


def test_very_many_findings_of_one_detector_hide_no_other():
    many = [finding(Severity.HIGH, ExecutionPoint.RUN, detector="many", line=line) for line in range(1_000)]
    other = finding(Severity.HIGH, ExecutionPoint.START, detector="other", line=5_000)

    assert score([*many, other]).verdict is Verdict.QUARANTINE
    assert score([other, *many]).verdict is Verdict.QUARANTINE
    assert score(many).verdict is Verdict.REVIEW


def test_what_harmless_code_does_too_counts_a_step_less():
    assert score([finding(Severity.CRITICAL, specificity=Specificity.COMMON)]).verdict is Verdict.REVIEW
    assert score([finding(Severity.HIGH, specificity=Specificity.COMMON)]).verdict is Verdict.CLEAR


def test_what_nothing_runs_counts_a_step_less():
    assert score([finding(Severity.CRITICAL, ExecutionPoint.NONE)]).verdict is Verdict.REVIEW


def test_any_number_of_small_findings_stays_clear():
    many = [finding(Severity.MEDIUM, detector=f"d{place}", line=place) for place in range(50)]

    assert score(many).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("severity", "point"), list(itertools.product(Severity, ExecutionPoint)))
def test_points_lie_between_0_and_100_and_grow_with_more_findings(severity, point):
    one = score([finding(severity, point)]).points

    assert 0 <= one <= score([finding(severity, point), finding(severity, point, detector="two")]).points <= 100


def test_an_excerpt_is_one_printable_line_and_shows_what_nobody_sees():
    assert excerpt_of("a\nb\u202e\x1b[31m" + "x" * 900).startswith("a b\\u{202e}\\u{1b}[31mxxx")
    assert len(excerpt_of("\U000e0100" * 900)) == 200
