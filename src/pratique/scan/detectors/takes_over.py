"""Remote shells, miners, what stays after a restart, what destroys, what switches protection off."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import seen, shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "takes-over"
VERSION = 1
WANTS = Wants(points=RUNS)

_SAYS = {
    Ability.REVERSE_SHELL: "Gives another host a shell on this machine",
    Ability.DESTROYS: "Deletes the user's files",
    Ability.MINES: "Mines cryptocurrency",
    Ability.DEFENCES: "Switches off what protects this machine",
    Ability.STAYS: "Arranges to be started again at every login or restart",
    Ability.MEMORY: "Writes code into the memory of a process",
}
_ALWAYS_BAD = frozenset((Ability.REVERSE_SHELL, Ability.DESTROYS, Ability.MINES))


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """One finding for each of the things that nobody's package has to do unasked."""
    abilities = dict(deeds_of(file).abilities)
    connects = Ability.NETWORK in abilities and Ability.PROCESS in abilities
    for ability, deed in seen(abilities, *_SAYS):
        severity, specificity = _judged(ability, deed.point)
        if ability is Ability.REVERSE_SHELL and connects and deed.point is ExecutionPoint.START:
            severity, specificity = Severity.CRITICAL, Specificity.TELLING
        yield shown((ID, VERSION), file, deed, severity, specificity, _SAYS[ability])


def _judged(ability: Ability, point: ExecutionPoint) -> tuple[Severity, Specificity]:
    if point in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD):
        return (Severity.CRITICAL if ability in _ALWAYS_BAD else Severity.HIGH), Specificity.TELLING
    if point is ExecutionPoint.START:
        return (Severity.HIGH if ability in _ALWAYS_BAD else Severity.MEDIUM), Specificity.UNUSUAL
    return (Severity.MEDIUM if ability in _ALWAYS_BAD else Severity.LOW), Specificity.UNUSUAL
