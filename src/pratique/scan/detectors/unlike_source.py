"""What was built and is not what its source holds: the sdist beside a wheel, or what an attestation names."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.detectors.evidence import told
from pratique.scan.findings import Finding, Severity, Specificity
from pratique.scan.seen import Artefact, Listed, Outline

ID = "unlike-source"
VERSION = 1
WANTS = Wants()

_MOST = 20
_SMALLEST = 32
"""Bytes below which a file holds nothing that could do harm: an empty `__init__.py`."""


def judge(artefact: Artefact) -> Iterator[Finding]:
    """Code in the artefact that its source does not hold."""
    if artefact.source is not None:
        yield from unlike(artefact.outline, artefact.source, attested=artefact.attested)


def unlike(built: Outline, source: Outline, *, attested: bool) -> Iterator[Finding]:
    """Code files of one outline that the other does not hold, the earliest to run first.

    Args:
        built: of what is installed.
        source: of what it was built from.
        attested: whether an attestation says that it was built from just this source.
    """
    known = {one.sha256 for one in source.files}
    paths = [one.path for one in source.files]
    new = [one for one in built.files if one.kind.is_code and one.size >= _SMALLEST and one.sha256 not in known]
    for one in sorted(new, key=lambda one: (not one.point.is_unasked, one.path))[:_MOST]:
        in_source = any(path == one.path or path.endswith("/" + one.path) for path in paths)
        says = "Is another file than in its source" if in_source else "Is code that its source does not hold"
        yield told((ID, VERSION), _weight(one, attested=attested), one.point, says, one.sha256[:16], file=one.path)


def _weight(one: Listed, *, attested: bool) -> tuple[Severity, Specificity]:
    """Builds generate code, most of which does not run by itself."""
    if attested and one.point.is_unasked:
        return Severity.HIGH, Specificity.UNUSUAL
    return (Severity.MEDIUM if one.point.is_unasked or attested else Severity.LOW), Specificity.UNUSUAL
