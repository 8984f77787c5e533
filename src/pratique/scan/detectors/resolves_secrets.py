"""Secrets hidden in the names that are looked up."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "resolves-secrets"
VERSION = 1
WANTS = Wants(points=RUNS)

_SEVERITY = {
    ExecutionPoint.INSTALL: Severity.CRITICAL,
    ExecutionPoint.BUILD: Severity.CRITICAL,
    ExecutionPoint.START: Severity.HIGH,
}


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A name looked up in the DNS that carries what was read here."""
    deed = deeds_of(file).abilities.get(Ability.RESOLVES_SECRETS)
    if deed is not None:
        severity = _SEVERITY.get(deed.point, Severity.LOW)
        sentence = "Looks up a host name that carries data of this machine"
        specificity = Specificity.TELLING if deed.point.is_unasked else Specificity.COMMON
        yield shown((ID, VERSION), file, deed, severity, specificity, sentence)
