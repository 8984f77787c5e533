"""Files that Python runs at every start, whoever started it and for whatever."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import Artefact, SeenFile

ID = "start-files"
VERSION = 1
WANTS = Wants(
    kinds=frozenset((FileKind.PTH, FileKind.PYTHON, FileKind.TEXT)),
    points=frozenset((ExecutionPoint.START, ExecutionPoint.INSTALL)),
    ecosystems=frozenset(("pypi",)),
)

_KNOWN = tuple(
    re.compile(pattern)
    for pattern in (
        r"import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os\.environ\.get\(var, '(?:local|stdlib)'\) == 'local'; "
        r"enabled and __import__\('_distutils_hack'\)(?:\.add_shim\(\))?;?\s*",
        r"import __editable___\w{1,200}_finder; __editable___\w{1,200}_finder\.install\(\)\s*",
        r"import _(?:virtualenv|a_pytest_enabler)\s*",
        r"import (?:os, )?sys; exec\('try: import coverage; coverage\.process_startup\(\)[^']{0,80}'\)\s*",
        r"import coverage; coverage\.process_startup\(\)\s*",
        r"import sys, types, os;has_mfs = sys\.version_info > \(3, 5\);p = os\.path\.join\(sys\._getframe\(1\)\.f_locals\['sitedir'\], "
        r"\*\('[\w',\s]{1,200}'?,?\)\);[^\n]{0,800}",
    )
)
"""Lines that well-known tools write, whole."""

_ACTS = (
    Ability.EVALUATES,
    Ability.PROCESS,
    Ability.NETWORK,
    Ability.DECODES,
    Ability.RUNS_DECODED,
    Ability.RUNS_DOWNLOADED,
)
_CUSTOMISERS = ("sitecustomize.py", "usercustomize.py")


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A `.pth` line that runs code, a `sitecustomize`."""
    if file.layers:
        return
    if file.name in _CUSTOMISERS and file.point is ExecutionPoint.START:
        yield _finding(
            file, 1, file.text[:160], Severity.HIGH, "Is loaded at every start of Python, before any program"
        )
    if not file.path.endswith(".pth"):
        return
    for number, line in enumerate(file.text.splitlines()[:5_000], 1):
        if not line.startswith(("import ", "import\t")) or any(known.fullmatch(line) for known in _KNOWN):
            continue
        abilities = deeds_of(file).abilities
        acts = any(one in abilities for one in _ACTS) or "exec(" in line or "eval(" in line or "__import__" in line
        says = "Runs code at every start of Python, whatever is started"
        yield _finding(file, number, line, Severity.CRITICAL if acts else Severity.HIGH, says)
        return


def _finding(file: SeenFile, line: int, text: str, severity: Severity, says: str) -> Finding:
    return Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=Specificity.TELLING if severity is Severity.CRITICAL else Specificity.UNUSUAL,
        point=ExecutionPoint.START,
        file=file.path,
        line=line,
        excerpt=excerpt_of(text),
        sentence=says,
    )
