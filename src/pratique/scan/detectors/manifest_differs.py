"""An artefact that says of itself something else than whoever has it to give says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.detectors.evidence import told
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.seen import Artefact

ID = "manifest-differs"
VERSION = 1
WANTS = Wants()

_SEPARATORS = re.compile(r"[-_.]+")
_SAME_SEPARATORS = frozenset(("pypi", "cargo"))


def judge(artefact: Artefact) -> Iterator[Finding]:
    """Another name, or another version, in the manifest than in the index: tools that read only one are misled."""
    asked = artefact.asked
    for what, stated, said, severity in (
        ("name", artefact.stated.name, asked.name, Severity.HIGH),
        ("version", artefact.stated.version, asked.version, Severity.MEDIUM),
    ):
        if stated and said and _plain(stated, artefact.ecosystem) != _plain(said, artefact.ecosystem):
            says = f"Its manifest states another {what} than {excerpt_of(said)[:80]}, as which it is offered"
            yield told((ID, VERSION), (severity, Specificity.UNUSUAL), ExecutionPoint.INSTALL, says, stated)


def _plain(text: str, ecosystem: str) -> str:
    """A name or version without what its ecosystem makes no difference by."""
    lower = text.strip().lower().partition("+")[0]
    return _SEPARATORS.sub("-", lower) if ecosystem in _SAME_SEPARATORS else lower
