"""The address at which a cloud tells a machine its credentials."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "cloud-metadata"
VERSION = 1
WANTS = Wants(points=RUNS)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A request to the metadata address: what cloud libraries do when called, and nobody does at install."""
    abilities = deeds_of(file).abilities
    deed = abilities.get(Ability.READS_METADATA)
    if deed is None:
        return
    connects = Ability.NETWORK in abilities or Ability.PROCESS in abilities
    early = deed.point in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD)
    severity = Severity.HIGH if early and connects else Severity.MEDIUM if deed.point.is_unasked else Severity.LOW
    specificity = Specificity.TELLING if early else Specificity.COMMON
    yield shown((ID, VERSION), file, deed, severity, specificity, "Asks the cloud for the credentials of this machine")
