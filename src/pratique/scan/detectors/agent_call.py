"""AI agents that are told to work without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "agent-call"
VERSION = 1
WANTS = Wants(points=RUNS)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """An agent's flag that skips permissions, in code that starts programs."""
    abilities = deeds_of(file).abilities
    deed = abilities.get(Ability.AGENT_CALL)
    process = abilities.get(Ability.PROCESS)
    if deed is None or process is None:
        return
    unasked = deed.point.is_unasked and process.point.is_unasked
    severity = Severity.CRITICAL if unasked else Severity.MEDIUM
    specificity = Specificity.TELLING if unasked else Specificity.UNUSUAL
    yield shown(
        (ID, VERSION), file, deed, severity, specificity, "Starts an AI agent with its permission checks switched off"
    )
