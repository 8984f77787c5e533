"""Hosts that anybody can have data dropped at, or code fetched from, without an account that could be found."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "drop-host"
VERSION = 1
WANTS = Wants(points=RUNS)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A webhook, a paste, a tunnel or a request catcher in code."""
    abilities = deeds_of(file).abilities
    deed = abilities.get(Ability.DROP_HOST)
    if deed is None:
        return
    takes = any(one in abilities for one in (Ability.SENDS_SECRETS, Ability.SENDS_SYSTEM, Ability.READS_ENVIRONMENT))
    takes = takes or any(
        one in abilities for one in (Ability.READS_CREDENTIALS, Ability.READS_BROWSERS, Ability.READS_SYSTEM)
    )
    sends = Ability.SENDS_SECRETS in abilities or Ability.SENDS_SYSTEM in abilities
    severity = (
        Severity.CRITICAL
        if sends and deed.point.is_unasked
        else Severity.HIGH
        if deed.point.is_unasked or takes
        else Severity.LOW
    )
    specificity = Specificity.TELLING if takes or deed.point is not ExecutionPoint.START else Specificity.UNUSUAL
    yield shown(
        (ID, VERSION), file, deed, severity, specificity, "Names a host for dropping data or fetching code anonymously"
    )
