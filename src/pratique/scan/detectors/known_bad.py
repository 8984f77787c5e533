"""Files that were found bad before, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.detectors.evidence import told
from pratique.scan.findings import Finding, Severity, Specificity, excerpt_of
from pratique.scan.seen import Artefact

ID = "known-bad"
VERSION = 1
WANTS = Wants()

_MOST = 20


def judge(artefact: Artefact) -> Iterator[Finding]:
    """A finding for each file on the list, wherever it lies in the artefact."""
    found = [one for one in artefact.outline.files if one.sha256 in artefact.bad]
    for one in found[:_MOST]:
        says = f"Is a file that was found bad before: {excerpt_of(artefact.bad[one.sha256])[:80]}"
        weight = (Severity.CRITICAL, Specificity.TELLING)
        yield told((ID, VERSION), weight, one.point, says, one.sha256, file=one.path)
