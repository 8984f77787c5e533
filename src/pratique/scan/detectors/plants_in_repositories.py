"""Workflows and repositories that are changed unasked: how a worm stays and how loot leaves."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import seen, shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "plants-in-repositories"
VERSION = 1
WANTS = Wants(points=RUNS)

_SAYS = {
    Ability.WORKFLOWS: "Touches the workflows of the repository it is installed in",
    Ability.REPOSITORIES: "Creates or changes repositories",
}


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Workflow files and the API that creates repositories, in code that runs unasked."""
    for ability, deed in seen(dict(deeds_of(file).abilities), Ability.REPOSITORIES, Ability.WORKFLOWS):
        early = deed.point in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD)
        severity = Severity.HIGH if early else Severity.MEDIUM if deed.point.is_unasked else Severity.LOW
        specificity = Specificity.TELLING if early else Specificity.COMMON
        yield shown((ID, VERSION), file, deed, severity, specificity, _SAYS[ability])
