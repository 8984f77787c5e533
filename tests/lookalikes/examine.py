"""Looks at files in memory as the scanner does once it has walked an archive."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pratique.formats.file_kind import kind_of
from pratique.scan.detectors.registry import DETECTORS
from pratique.scan.examine import begun, judged, look_at
from pratique.scan.execution_points import plan
from pratique.scan.findings import Finding
from pratique.scan.score import Scored, score
from pratique.scan.seen import Artefact, Listed, Oddity, Outline, SeenFile

MOST = 4 << 20


@dataclass(frozen=True)
class Examined:
    """What came of one package."""

    scored: Scored
    findings: tuple[Finding, ...]
    artefact: Artefact


def examine(
    ecosystem: str,
    files: Mapping[str, bytes],
    *,
    previous: Mapping[str, bytes] | None = None,
    oddities: tuple[Oddity, ...] = (),
    families: Mapping[str, str] | None = None,
    originals: Mapping[str, str] | None = None,
) -> Examined:
    """Scan a package given as files below its root."""
    before: Outline | None = None
    if previous is not None:
        before = examine(ecosystem, previous).artefact.outline
    points = plan(ecosystem, list(files), files.get)
    seen = [
        SeenFile(
            path,
            kind_of(path, content[:4096]),
            content[:MOST],
            len(content),
            hashlib.sha256(content).hexdigest(),
            points.point_of(path),
            cut=len(content) > MOST,
        )
        for path, content in files.items()
    ]
    listed = [Listed(one.path, one.size, one.kind, one.sha256, one.point) for one in seen]
    artefact = replace(
        begun(ecosystem, points, listed, previous=before),
        oddities=oddities,
        families=families or {},
        originals=originals or {},
    )
    deeds, findings = [], []
    for one in seen:
        for did, found in look_at(one, artefact, DETECTORS):
            deeds.append(did)
            findings.extend(found)
    whole, found = judged(artefact, deeds, DETECTORS)
    findings.extend(found)
    return Examined(score(findings), tuple(findings), whole)
