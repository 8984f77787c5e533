"""Code that is hidden in an encoding and run."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "runs-decoded"
VERSION = 1
WANTS = Wants(points=RUNS)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A text that is decoded or decrypted, and then evaluated or started."""
    abilities = deeds_of(file).abilities
    for ability in (Ability.RUNS_DECODED, Ability.LOADS_DECODED):
        deed = abilities.get(ability)
        if deed is None:
            continue
        telling = ability is Ability.RUNS_DECODED
        high = Severity.CRITICAL if telling else Severity.HIGH
        yield shown(
            (ID, VERSION),
            file,
            deed,
            high if deed.point.is_unasked else Severity.MEDIUM,
            Specificity.TELLING if telling else Specificity.UNUSUAL,
            "Decodes something that nobody can read and runs it"
            if telling
            else "Decodes something and loads it as code",
        )
        return
