"""From files to findings, once an archive has been walked. Pure; whoever calls it bounds it in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import msgspec

from pratique.scan.detectors.contract import Detector
from pratique.scan.execution_points import Plan
from pratique.scan.findings import ExecutionPoint, Finding
from pratique.scan.layers import peel
from pratique.scan.points.contract import earlier
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, FileDeeds, Listed, Outline, SeenFile


def begun(ecosystem: str, plan: Plan, listed: Iterable[Listed], *, previous: Outline | None = None) -> Artefact:
    """The artefact as detectors are shown it while its files are looked at.

    Args:
        ecosystem: one of the six.
        plan: what runs when.
        listed: all files, their points filled in.
        previous: the outline of the release before, None if there is none.
    """
    outline = Outline(plan.version, tuple(listed), plan.hooks, plan.dependencies, {}, frozenset(), plan.people)
    return Artefact(ecosystem, plan.name, plan.version, plan.manifest, outline, previous)


def look_at(
    file: SeenFile, artefact: Artefact, detectors: Iterable[Detector]
) -> Iterator[tuple[FileDeeds, tuple[Finding, ...]]]:
    """A file and each of its layers: what it does, and what detectors find in it."""
    detectors = tuple(detectors)
    for one in (file, *peel(file)):
        findings = [
            finding
            for detector in detectors
            if detector.look is not None and detector.wants.admits(one, artefact)
            for finding in detector.look(one, artefact)
        ]
        yield deeds_of(one), tuple(findings)


def judged(
    artefact: Artefact, deeds: Iterable[FileDeeds], detectors: Iterable[Detector]
) -> tuple[Artefact, tuple[Finding, ...]]:
    """The artefact with all that its files do, and what detectors find in it as a whole."""
    deeds = tuple(deeds)
    outline = msgspec.structs.replace(
        artefact.outline,
        abilities=_abilities(deeds),
        domains=frozenset().union(*(one.domains for one in deeds)),
    )
    whole = replace(artefact, outline=outline, deeds=deeds)
    findings = [
        finding
        for detector in detectors
        if detector.judge is not None
        and (not detector.wants.ecosystems or whole.ecosystem in detector.wants.ecosystems)
        for finding in detector.judge(whole)
    ]
    return whole, tuple(findings)


def _abilities(deeds: Iterable[FileDeeds]) -> dict[str, ExecutionPoint]:
    """Each ability with the earliest point at which code has it."""
    found: dict[str, ExecutionPoint] = {}
    for one in deeds:
        seen: Mapping[str, ExecutionPoint] = {ability.value: deed.point for ability, deed in one.abilities.items()}
        for name, point in seen.items():
            found[name] = earlier(point, found.get(name, ExecutionPoint.NONE))
    return found
