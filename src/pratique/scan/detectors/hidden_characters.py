"""Characters that nobody sees in code: data in variation selectors, text that reads otherwise than it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import WHEN
from pratique.scan.findings import Finding, Severity, Specificity, excerpt_of
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.reading.invisible import may_hide
from pratique.scan.reading.marks import groups_in
from pratique.scan.seen import Artefact, SeenFile

ID = "hidden-characters"
VERSION = 1
WANTS = Wants(points=RUNS)

_RUNS = re.compile(
    "[\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}|[\U000e0000-\U000e007f]{8,}|[\u200b-\u200d\u2060\ufeff]{12,}|[\u3164\uffa0\u115f\u1160]{8,}"
)
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DECODES = re.compile(
    r"codePointAt|charCodeAt|fromCodePoint|fromCharCode|\bord\(|0xfe00|0xe0100|65024|917760|\.codepoints", re.IGNORECASE
)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Runs of invisible characters in code, worse beside what turns characters into numbers; turns of direction."""
    if not file.kind.is_code or not may_hide(file.content):
        return
    text = file.text
    found = _RUNS.search(text)
    if found is not None:
        runs = (
            bool(_DECODES.search(text))
            or "evaluates" in groups_in(file)
            or Ability.EVALUATES in deeds_of(file).abilities
        )
        severity = Severity.CRITICAL if runs else Severity.HIGH
        says = "Hides data in characters that nobody sees" + (" beside code that reads them" if runs else "")
        yield _finding(file, text, found, severity, says)
        return
    turn = _TURNS.search(text)
    if turn is not None:
        yield _finding(file, text, turn, Severity.MEDIUM, "Holds characters that make code read otherwise than it runs")


def _finding(file: SeenFile, text: str, found: re.Match[str], severity: Severity, says: str) -> Finding:
    start = max(found.start() - 40, 0)
    return Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=Specificity.TELLING if severity is Severity.CRITICAL else Specificity.UNUSUAL,
        point=file.point,
        file=file.path,
        line=file.line or text.count("\n", 0, found.start()) + 1,
        excerpt=excerpt_of(text[start : found.start() + 20]),
        sentence=f"{says}, {WHEN[file.point]}",
        layers=file.layers,
    )
