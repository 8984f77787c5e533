"""Credential files, browser stores and wallets that are read by code with a way out."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import distinct, shown
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import read_of
from pratique.scan.reading.words import BROWSERS, CREDENTIALS, SECRET_NAMES, WALLETS
from pratique.scan.seen import Artefact, SeenFile

ID = "takes-credentials"
VERSION = 1
WANTS = Wants(points=RUNS)

_MANY = 3
"""Different places that no single tool has a reason to look into."""

_WAYS_OUT = (Ability.NETWORK, Ability.SENDS, Ability.PROCESS, Ability.RESOLVES)


def look(file: SeenFile, artefact: Artefact) -> Iterator[Finding]:
    """Files with secrets of others, by how many different ones and whether there is a way out in the same file."""
    read = read_of(file)
    abilities = read.deeds.abilities
    deed = next(
        (
            abilities[one]
            for one in (Ability.READS_BROWSERS, Ability.READS_WALLETS, Ability.READS_CREDENTIALS)
            if one in abilities
        ),
        None,
    )
    if deed is None:
        return
    stores = Ability.READS_BROWSERS in abilities or Ability.READS_WALLETS in abilities
    places = sum(distinct(pattern, read.plain) for pattern in (CREDENTIALS, BROWSERS, WALLETS))
    many = places >= _MANY or (places + distinct(SECRET_NAMES, read.plain) > _MANY)
    way_out = any(one in abilities for one in _WAYS_OUT)
    severity = _severity(deed.point, many=many, stores=stores, way_out=way_out)
    if severity is Severity.HIGH and not many and not stores and Ability.SENDS not in abilities:
        severity = Severity.MEDIUM
    specificity = Specificity.TELLING if many and deed.point.is_unasked else Specificity.UNUSUAL
    if file.point is ExecutionPoint.RUN and artefact.ecosystem == "maven":
        specificity = Specificity.COMMON
    yield shown(
        (ID, VERSION), file, deed, severity, specificity, "Reads files in which others keep passwords, tokens or keys"
    )


def _severity(point: ExecutionPoint, *, many: bool, stores: bool, way_out: bool) -> Severity:
    if not way_out:
        return Severity.MEDIUM if point.is_unasked and (many or stores) else Severity.LOW
    if not point.is_unasked:
        return Severity.MEDIUM if many and stores else Severity.LOW
    if point is ExecutionPoint.START:
        return Severity.HIGH if many or stores else Severity.LOW
    return Severity.CRITICAL if many or stores else Severity.HIGH
