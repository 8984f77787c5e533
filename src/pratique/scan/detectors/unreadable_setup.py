"""A setup.py that no Python can parse: installers run it, and nobody can say what it does."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors.contract import Wants
from pratique.scan.detectors.evidence import told
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.reading.python import MAX_SOURCE
from pratique.scan.seen import Artefact, SeenFile

ID = "unreadable-setup"
VERSION = 1
WANTS = Wants(
    kinds=frozenset((FileKind.PYTHON,)),
    points=frozenset((ExecutionPoint.INSTALL,)),
    ecosystems=frozenset(("pypi",)),
)

_PYTHON_2 = re.compile(
    r"^[ \t]{0,80}print[ \t]+[^\s(=]|^[ \t]{0,80}except[ \t]+[\w.()]{1,80}[ \t]*,[ \t]*\w+[ \t]*:|"
    r"^[ \t]{0,80}raise[ \t]+\w{1,80}[ \t]*,|\bexec[ \t]+[\w'\"]|<>|\bur['\"]|\b0[0-7]{2,6}\b",
    re.MULTILINE,
)
_LATER_FORMS = "what it holds is neither Python 3 nor Python 2"


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Old code is told and changes nothing; what is no Python at all is unusual."""
    if file.layers or file.path != "setup.py":
        return
    line = _broken_at(file.text[:MAX_SOURCE])
    if line is None:
        return
    if _PYTHON_2.search(file.text[:MAX_SOURCE]) is not None:
        weight, says = (Severity.LOW, Specificity.COMMON), "Is written for Python 2, while the package is installed"
    else:
        weight, says = (
            (Severity.MEDIUM, Specificity.UNUSUAL),
            "Runs while it is installed, and cannot be parsed",
        )
    yield told((ID, VERSION), weight, file.point, says, _LATER_FORMS, file=file.path, line=line)


def _broken_at(text: str) -> int | None:
    """The line at which Python 3 gives up; None for what it reads."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        return 1
    return None
