"""Settings, skills and instructions of AI agents that are written by somebody else's package."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import UNASKED, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "agent-settings"
VERSION = 1
WANTS = Wants(points=UNASKED)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Files that steer agents, named by code that runs unasked."""
    deed = deeds_of(file).abilities.get(Ability.AGENT_SETTINGS)
    if deed is None:
        return
    early = deed.point in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD)
    severity = Severity.HIGH if early else Severity.MEDIUM
    specificity = Specificity.TELLING if early else Specificity.UNUSUAL
    yield shown(
        (ID, VERSION), file, deed, severity, specificity, "Changes what AI agents on this machine are told or allowed"
    )
