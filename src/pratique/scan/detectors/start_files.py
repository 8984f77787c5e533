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

_WORDS = re.compile(r"'[\w.]{1,100}'(?:, ?'[\w.]{1,100}')*,?")
"""What differs between lines that a tool writes for different packages: quoted names."""

_NAMESPACE = (
    "import sys, types, os;{0}p = os.path.join(sys._getframe(1).f_locals[N], *(N));"
    "importlib = {1}__import__(N);{1}__import__(N);"
    "m = {2}sys.modules.setdefault(N, importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec(N, "
    "[os.path.dirname(p)])));m = m or sys.modules.setdefault(N, types.ModuleType(N));"
    "mp = (m or []) and m.__dict__.setdefault(N,[]);(p not in mp) and mp.append(p)"
)
_KNOWN = frozenset(
    [
        _NAMESPACE.format("", "", ""),
        _NAMESPACE.format("has_mfs = sys.version_info > (3, 5);", "has_mfs and ", "has_mfs and "),
        "import os; var = N; enabled = os.environ.get(var, N) == N; enabled and __import__(N).add_shim()",
        "import os; var = N; enabled = os.environ.get(var, N) == N; enabled and __import__(N)",
        "import coverage; coverage.process_startup()",
        "import _virtualenv",
    ]
)
"""Lines that well-known tools write, whole, with `N` for quoted names: what these do, they do with any names."""

_EDITABLE = re.compile(r"import __editable___(\w{1,200})_finder; __editable___\1_finder\.install\(\)")


def _is_known(line: str) -> bool:
    plain = line.strip().rstrip("; ")
    return _WORDS.sub("N", plain) in _KNOWN or _EDITABLE.fullmatch(plain) is not None


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
        if not line.startswith(("import ", "import\t")) or _is_known(line):
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
