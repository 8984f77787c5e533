"""A package that publishes packages: how worms spread."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "publishes"
VERSION = 1
WANTS = Wants(points=RUNS)

_TOKENS = (Ability.READS_CREDENTIALS, Ability.READS_SECRETS, Ability.SENDS_SECRETS)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A publish command or a registry's upload, in code that can do it."""
    abilities = deeds_of(file).abilities
    deed = abilities.get(Ability.PUBLISHES)
    if deed is None or not (Ability.PROCESS in abilities or Ability.NETWORK in abilities):
        return
    acts = abilities.get(Ability.PROCESS) or abilities.get(Ability.NETWORK)
    unasked = deed.point.is_unasked and acts is not None and acts.point.is_unasked
    with_tokens = any(one in abilities for one in _TOKENS)
    severity = Severity.CRITICAL if unasked else Severity.MEDIUM if with_tokens else Severity.LOW
    if unasked and deed.point.value == "start" and not with_tokens:
        severity = Severity.HIGH
    specificity = Specificity.TELLING if unasked else Specificity.COMMON
    yield shown((ID, VERSION), file, deed, severity, specificity, "Publishes packages")
