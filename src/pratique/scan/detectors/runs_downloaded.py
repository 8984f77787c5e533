"""Code that is fetched and run: what runs is not what was published."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "runs-downloaded"
VERSION = 1
WANTS = Wants(points=RUNS)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Downloaded text that is evaluated, or a downloaded file that is started."""
    deed = deeds_of(file).abilities.get(Ability.RUNS_DOWNLOADED)
    if deed is None:
        return
    unasked = deed.point.is_unasked
    yield shown(
        (ID, VERSION),
        file,
        deed,
        Severity.CRITICAL if unasked else Severity.HIGH,
        Specificity.TELLING if deed.point is not ExecutionPoint.START and unasked else Specificity.UNUSUAL,
        "Fetches something and runs it",
    )
