"""Connections that are made while a package is installed or built."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import UNASKED, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "unasked-network"
VERSION = 1
WANTS = Wants(points=UNASKED)

_PROGRAM = (Ability.WRITES_PROGRAM, Ability.PROCESS, Ability.LOADS_NATIVE)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A connection at install or build; worse beside what starts programs or reads who this is."""
    abilities = deeds_of(file).abilities
    deed = abilities.get(Ability.NETWORK)
    if deed is None or not deed.point.is_unasked:
        return
    system = abilities.get(Ability.READS_SYSTEM)
    program = next((abilities[one] for one in _PROGRAM if one in abilities and abilities[one].point.is_unasked), None)
    if deed.point is ExecutionPoint.START:
        if system is not None and system.point.is_unasked:
            sentence = "Connects to a host and asks who and where this machine is"
            yield shown((ID, VERSION), file, deed, Severity.MEDIUM, Specificity.UNUSUAL, sentence)
        return
    if system is not None:
        sentence = "Connects to a host and asks who and where this machine is"
        yield shown((ID, VERSION), file, deed, Severity.HIGH, Specificity.TELLING, sentence)
        return
    sentence = "Connects to a host" + (" in code that also starts programs" if program else "")
    severity = Severity.HIGH if program else Severity.MEDIUM
    yield shown((ID, VERSION), file, deed, severity, Specificity.UNUSUAL, sentence)
