"""What is wrong with an archive as such: what leads out of it, and what extractors read differently."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.seen import Artefact, OddityKind

ID = "archive-structure"
VERSION = 1
WANTS = Wants()

_SAYS: dict[OddityKind, tuple[Severity, Specificity, str]] = {
    OddityKind.ESCAPES: (
        Severity.CRITICAL,
        Specificity.TELLING,
        "A member would be written outside of the folder it is unpacked into",
    ),
    OddityKind.LINK_OUT: (Severity.CRITICAL, Specificity.TELLING, "A link in the archive leads out of it"),
    OddityKind.DEVICE: (Severity.CRITICAL, Specificity.TELLING, "The archive holds a device or a pipe"),
    OddityKind.DUPLICATE: (
        Severity.HIGH,
        Specificity.UNUSUAL,
        "A member is there twice; extractors disagree about which one counts",
    ),
    OddityKind.CASE_CLASH: (
        Severity.MEDIUM,
        Specificity.UNUSUAL,
        "Two members are one file on systems that do not tell capitals apart",
    ),
    OddityKind.NAMES_DIFFER: (
        Severity.HIGH,
        Specificity.TELLING,
        "A member has two names; extractors disagree about which one counts",
    ),
    OddityKind.HIDDEN_BYTES: (Severity.HIGH, Specificity.UNUSUAL, "The archive holds bytes that belong to no member"),
    OddityKind.TWO_DIRECTORIES: (Severity.HIGH, Specificity.TELLING, "The archive has two tables of contents"),
    OddityKind.BOMB: (Severity.HIGH, Specificity.UNUSUAL, "The archive unpacks to more than anybody can look through"),
    OddityKind.TOO_DEEP: (Severity.HIGH, Specificity.UNUSUAL, "Archives in archives, deeper than they are looked into"),
    OddityKind.UNREADABLE: (
        Severity.HIGH,
        Specificity.UNUSUAL,
        "A part of the archive cannot be read, and so not be judged",
    ),
    OddityKind.RECORD_DIFFERS: (Severity.HIGH, Specificity.UNUSUAL, "The list of contents differs from the contents"),
}
_MOST = 100


def judge(artefact: Artefact) -> Iterator[Finding]:
    """One finding for each oddity, as many as a reviewer can read."""
    for oddity in artefact.oddities[:_MOST]:
        severity, specificity, says = _SAYS[oddity.kind]
        yield Finding(
            detector=ID,
            version=VERSION,
            severity=severity,
            specificity=specificity,
            point=ExecutionPoint.INSTALL,
            file=oddity.path,
            line=0,
            excerpt=excerpt_of(oddity.note),
            sentence=says,
        )
