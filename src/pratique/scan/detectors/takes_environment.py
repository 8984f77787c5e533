"""All variables of the environment, read unasked by code with a way out."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import UNASKED, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "takes-environment"
VERSION = 1
WANTS = Wants(points=UNASKED)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """The whole environment, or several secrets by name, and a connection in the same file."""
    abilities = deeds_of(file).abilities
    deed = abilities.get(Ability.READS_ENVIRONMENT)
    out = next((abilities[one] for one in (Ability.SENDS, Ability.NETWORK, Ability.RESOLVES) if one in abilities), None)
    if deed is None or out is None or not deed.point.is_unasked or not out.point.is_unasked:
        return
    early = deed.point is not ExecutionPoint.START
    yield shown(
        (ID, VERSION),
        file,
        deed,
        Severity.HIGH if early else Severity.MEDIUM,
        Specificity.TELLING if early else Specificity.UNUSUAL,
        "Reads all variables of the environment beside code that connects to a host",
    )
