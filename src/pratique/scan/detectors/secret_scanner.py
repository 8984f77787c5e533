"""A search for secrets, run by a package on the machine of whoever installs it."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "secret-scanner"
VERSION = 1
WANTS = Wants(points=RUNS)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """The name of a secret scanner in code that can start or fetch it."""
    abilities = deeds_of(file).abilities
    deed = abilities.get(Ability.SCANS_SECRETS)
    if deed is None or not (Ability.PROCESS in abilities or Ability.NETWORK in abilities):
        return
    unasked = deed.point.is_unasked
    severity = Severity.CRITICAL if unasked else Severity.MEDIUM
    specificity = Specificity.TELLING if unasked else Specificity.UNUSUAL
    yield shown((ID, VERSION), file, deed, severity, specificity, "Starts a search for secrets on this machine")
