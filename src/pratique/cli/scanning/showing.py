"""How reports of scans are told: for people, as JSON, as SARIF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from packageurl import PackageURL

from pratique.core.scans import Verdict
from pratique.scan.cage.messages import Measure
from pratique.scan.findings import Finding, Severity, excerpt_of
from pratique.scan.report import Report, Subject

_PURL_TYPES = {"rubygems": "gem"}
_QUIET = (Severity.LOW,)
_SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_WORDS = {
    Verdict.CLEAR: "clear",
    Verdict.REVIEW: "a person should look at it",
    Verdict.QUARANTINE: "keep it away",
}


class Scanned(NamedTuple):
    """A report, what was scanned, and how long it took in seconds."""

    target: str
    report: Report
    seconds: float


def purl_of(subject: Subject) -> str:
    """The package URL of what was scanned; the file's name where it states no name."""
    if not subject.name:
        return subject.filename
    name, namespace = subject.name, ""
    for separator in {"npm": "/", "maven": ":"}.get(subject.ecosystem, ""):
        namespace, _, name = name.rpartition(separator)
    kind = _PURL_TYPES.get(subject.ecosystem, subject.ecosystem)
    try:
        return PackageURL(kind, namespace or None, name, subject.version or None).to_string()
    except ValueError:
        return subject.filename


def as_object(one: Scanned) -> dict[str, Any]:
    """A report as one JSON object."""
    return {
        "subject": purl_of(one.report.subject) or one.target,
        "verdict": one.report.verdict.value,
        "score": one.report.score,
        "findings": [_finding(finding) for finding in one.report.findings],
        "seconds": round(one.seconds, 3),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "detector": finding.detector,
        "version": finding.version,
        "severity": finding.severity.value,
        "specificity": finding.specificity.value,
        "execution_point": finding.point.value,
        "file": finding.file,
        "line": finding.line,
        "excerpt": finding.excerpt,
        "sentence": finding.sentence,
        "layers": list(finding.layers),
    }


def as_lines(one: Scanned, *, verbose: bool) -> Iterator[str]:
    """A report for people: the verdict first, then what made it, the worst first."""
    report = one.report
    subject = report.subject
    about = excerpt_of(f"{subject.name} {subject.version}".strip() or one.target)
    yield f"{about} ({subject.ecosystem}): {report.verdict.value.upper()}, {_WORDS[report.verdict]}"
    yield f"  score {report.score} of 100, {report.files} files, {report.unpacked:,} bytes, {one.seconds:.1f} s"
    for finding in report.findings:
        if verbose or finding.severity not in _QUIET:
            yield from _told(finding)
    untold = Counter(finding.severity for finding in report.findings if not verbose and finding.severity in _QUIET)
    if untold.total() or report.left_out:
        yield f"  and {untold.total() + report.left_out} more that change nothing; --verbose tells them"


def _told(finding: Finding) -> Iterator[str]:
    place = excerpt_of(finding.file) + (f":{finding.line}" if finding.line else "")
    runs = "" if finding.point.value == "none" else f", runs at {finding.point.value}"
    yield ""
    yield f"  {finding.severity.value}: {excerpt_of(finding.sentence)}"
    peeled = f", peeled from {', '.join(finding.layers)}" if finding.layers else ""
    yield f"    {place or 'the package'}{runs}{peeled} [{finding.detector}]"
    if finding.excerpt:
        yield f"    | {excerpt_of(finding.excerpt)}"


def as_sarif(scanned: Iterable[Scanned], version: str) -> dict[str, Any]:
    """Reports as SARIF 2.1.0, one run for all."""
    reports = list(scanned)
    findings = [(one, finding) for one in reports for finding in one.report.findings]
    rules = {finding.detector: finding for _, finding in reversed(findings)}
    return {
        "$schema": _SARIF,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "pratique",
                        "version": version,
                        "rules": [_rule(rules[id]) for id in sorted(rules)],
                    }
                },
                "results": [_result(one, finding) for one, finding in findings],
                "properties": {"subjects": [as_object(one) | {"findings": None} for one in reports]},
            }
        ],
    }


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.detector,
        "shortDescription": {"text": finding.sentence},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
    }


def _result(one: Scanned, finding: Finding) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file or one.target, errors="replace")}}
    if finding.line:
        place["region"] = {"startLine": finding.line, "snippet": {"text": finding.excerpt}}
    return {
        "ruleId": finding.detector,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.sentence},
        "locations": [{"physicalLocation": place}],
        "properties": _finding(finding) | {"subject": purl_of(one.report.subject) or one.target},
    }


def measures_told(measures: Iterable[Measure]) -> Iterator[str]:
    """What confines the worker, and what does not."""
    for measure in measures:
        note = f" ({measure.note})" if measure.note else ""
        yield f"{'given' if measure.holds else 'NOT given'}: {measure.name}{note}"
