"""Secrets that leave the machine."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "sends-secrets"
VERSION = 1
WANTS = Wants(points=RUNS)

_TAKEN = (
    Ability.READS_ENVIRONMENT,
    Ability.READS_CREDENTIALS,
    Ability.READS_BROWSERS,
    Ability.READS_WALLETS,
    Ability.READS_METADATA,
)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """The environment, a credential file or a token that is handed to a request."""
    abilities = deeds_of(file).abilities
    deed = abilities.get(Ability.SENDS_SECRETS)
    if deed is None:
        return
    harvests = any(ability in abilities for ability in _TAKEN)
    if not deed.point.is_unasked:
        severity = Severity.MEDIUM if harvests else Severity.LOW
    elif harvests:
        severity = Severity.CRITICAL
    else:
        severity = Severity.MEDIUM if deed.point is ExecutionPoint.START else Severity.HIGH
    what = "the environment, credentials or keys" if harvests else "a token"
    specificity = Specificity.TELLING if deed.point.is_unasked else Specificity.UNUSUAL
    yield shown((ID, VERSION), file, deed, severity, specificity, f"Sends {what} to another host")
