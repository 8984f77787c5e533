"""A Python module in an encoding that shows other words than those that run."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors.contract import UNASKED, Wants
from pratique.scan.detectors.evidence import told
from pratique.scan.findings import Finding, Severity, Specificity
from pratique.scan.reading.source_encoding import Writing, declared, writing_of
from pratique.scan.seen import Artefact, SeenFile

ID = "odd-encoding"
VERSION = 1
WANTS = Wants(kinds=frozenset((FileKind.PYTHON,)), points=UNASKED)

_TOLD = {
    Writing.DISGUISED: (Severity.HIGH, Specificity.TELLING, "Is written in an encoding that hides what it says"),
    Writing.UNKNOWN: (Severity.HIGH, Specificity.UNUSUAL, "Declares an encoding that Python does not know by itself"),
    Writing.BROKEN: (Severity.LOW, Specificity.COMMON, "Holds bytes that its encoding does not know"),
}


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """The encoding of what runs unasked; Python refuses to run what it cannot decode."""
    if file.layers:
        return
    found = _TOLD.get(writing_of(file.content))
    if found is not None:
        severity, specificity, says = found
        name = declared(file.content) or "utf-8"
        yield told((ID, VERSION), (severity, specificity), file.point, says, name, file=file.path, line=1)
