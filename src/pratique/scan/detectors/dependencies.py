"""Dependencies that no registry has seen: by address, by git, by path."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.seen import Artefact, Dependency

ID = "dependencies"
VERSION = 1
WANTS = Wants()

_ADDRESS = re.compile(r"(?:@\s{0,3})?(?:https?|ftp)://", re.IGNORECASE)
_PLAIN = re.compile(r"(?:@\s{0,3})?http://", re.IGNORECASE)
_GIT = re.compile(
    r"(?:git(?:\+\w{2,5})?:|git@|github:|gitlab:|bitbucket:|gist:)|^[\w.-]{1,80}/[\w.-]{1,80}(?:#|$)", re.IGNORECASE
)
_IGNORED = frozenset(("dev", "peer", "test", "provided"))


def judge(artefact: Artefact) -> Iterator[Finding]:
    """What is asked for from anywhere but a registry, worst where anybody on the way could change it."""
    for dependency in artefact.outline.dependencies:
        if dependency.group in _IGNORED:
            continue
        if _ADDRESS.search(dependency.requirement):
            plain = _PLAIN.search(dependency.requirement) is not None
            by_address = artefact.ecosystem in ("npm", "pypi", "cargo")
            severity = Severity.HIGH if by_address and (plain or artefact.ecosystem == "npm") else Severity.MEDIUM
            yield _finding(
                dependency, severity, "comes from an address, where it can change at any time and nobody scans it"
            )
        elif _GIT.search(dependency.requirement) and artefact.ecosystem in ("npm", "pypi", "cargo"):
            unseen = artefact.ecosystem == "npm" and dependency.group == "optional"
            severity = Severity.HIGH if unseen else Severity.MEDIUM
            says = "comes from a git repository, past every registry" + (", and may fail unseen" if unseen else "")
            yield _finding(dependency, severity, says)


def _finding(dependency: Dependency, severity: Severity, says: str) -> Finding:
    return Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=Specificity.UNUSUAL,
        point=ExecutionPoint.INSTALL,
        file="",
        line=0,
        excerpt=excerpt_of(f"{dependency.name}: {dependency.requirement}"),
        sentence=f"The dependency {excerpt_of(dependency.name)[:80]} {says}",
    )
