"""Code that is all but the same as a known-bad family's, whatever its names and texts are now."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.formats.file_kind import CODE
from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.findings import Finding, Severity, Specificity, excerpt_of
from pratique.scan.fingerprints import fingerprint
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "near-duplicate"
VERSION = 1
WANTS = Wants(kinds=CODE, points=RUNS)


def look(file: SeenFile, artefact: Artefact) -> Iterator[Finding]:
    """A file whose fingerprint is one of a family that was found bad."""
    if not artefact.families or not (file.layers or deeds_of(file).abilities):
        return  # what does nothing is no member of any family
    mark = fingerprint(file)
    family = artefact.families.get(mark) if mark else None
    if family is not None:
        says = f"Is the code of a family that was found to be malicious: {excerpt_of(family)[:80]}"
        yield Finding(
            ID,
            VERSION,
            Severity.CRITICAL,
            Specificity.TELLING,
            file.point,
            file.path,
            file.line,
            mark,
            says,
            file.layers,
        )
