"""Findings out of what a file was seen doing: the parts that detectors of deeds share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.reading.contract import Ability, Deed
from pratique.scan.seen import SeenFile

WHEN = {
    ExecutionPoint.INSTALL: "while the package is installed",
    ExecutionPoint.BUILD: "while whoever uses it builds",
    ExecutionPoint.START: "as soon as it is imported or the interpreter starts",
    ExecutionPoint.RUN: "when it is called",
    ExecutionPoint.NONE: "where nothing runs it by itself",
}
"""How a sentence says when code runs."""


def shown(
    detector: tuple[str, int],
    file: SeenFile,
    deed: Deed,
    severity: Severity,
    specificity: Specificity,
    sentence: str,
) -> Finding:
    """A finding about one deed.

    Args:
        detector: id and version.
        file: where it was seen.
        deed: the line and what stands there.
        severity: how bad.
        specificity: how seldom harmless code does that.
        sentence: what it does, beginning with a capital letter; when it runs is added.
    """
    return Finding(
        detector=detector[0],
        version=detector[1],
        severity=severity,
        specificity=specificity,
        point=deed.point,
        file=file.path,
        line=file.line or deed.line,
        excerpt=excerpt_of(deed.excerpt),
        sentence=f"{sentence}, {WHEN[deed.point]}",
        layers=file.layers,
    )


def told(
    detector: tuple[str, int],
    weight: tuple[Severity, Specificity],
    point: ExecutionPoint,
    sentence: str,
    text: str = "",
    *,
    file: str = "",
    line: int = 0,
) -> Finding:
    """A finding about a file or an artefact as a whole, rather than about what code does.

    Args:
        detector: id and version.
        weight: how bad, and how seldom harmless packages are like that.
        point: when what it is about runs, or takes effect.
        sentence: what it is.
        text: the evidence.
        file: where; empty for the artefact.
        line: from 1; 0 where there are no lines.
    """
    return Finding(*detector, *weight, point, file, line, excerpt_of(text), sentence)


def seen(abilities: dict[Ability, Deed], *wanted: Ability) -> Iterator[tuple[Ability, Deed]]:
    """Those of the wanted abilities that a file has."""
    for ability in wanted:
        deed = abilities.get(ability)
        if deed is not None:
            yield ability, deed


MAX_COUNTED = 300_000
"""Characters in which words are counted."""


def distinct(pattern: re.Pattern[str], text: str, most: int = 50) -> int:
    """How many different words of a pattern stand in a text."""
    found: set[str] = set()
    for match in pattern.finditer(text[:MAX_COUNTED]):
        found.add(match[0].lower())
        if len(found) >= most:
            break
    return len(found)
