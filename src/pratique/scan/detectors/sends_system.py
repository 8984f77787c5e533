"""Who and where this machine is, sent away unasked."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "sends-system"
VERSION = 1
WANTS = Wants(points=RUNS)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Host name, user name or addresses that are handed to a request."""
    deed = deeds_of(file).abilities.get(Ability.SENDS_SYSTEM)
    if deed is None:
        return
    severity = {
        ExecutionPoint.INSTALL: Severity.CRITICAL,
        ExecutionPoint.BUILD: Severity.CRITICAL,
        ExecutionPoint.START: Severity.HIGH,
    }.get(deed.point, Severity.LOW)
    specificity = Specificity.TELLING if deed.point.is_unasked else Specificity.COMMON
    yield shown(
        (ID, VERSION), file, deed, severity, specificity, "Tells another host the name of this machine or its user"
    )
