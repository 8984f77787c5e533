"""Code that was made unreadable on purpose; what a bundler makes small is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import WHEN, distinct
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.reading.marks import may_hold
from pratique.scan.seen import Artefact, SeenFile

ID = "obfuscated"
VERSION = 1
WANTS = Wants(kinds=frozenset((FileKind.JAVASCRIPT, FileKind.PYTHON, FileKind.RUBY, FileKind.POWERSHELL)), points=RUNS)

_MANGLED = re.compile(r"\b_0x[0-9a-f]{3,8}\b")
_ROTATES = re.compile(
    r"\bpush'?\]?\(\s{0,9}\w{1,12}\[?'?\.?shift'?\]?\(|while\s{0,3}\(!!\[\]\)|parseInt\(\w{1,12}\(0x", re.IGNORECASE
)
_CONFUSABLE = re.compile(r"\b(?=[Il1O0o_]{0,40}[IOlo_][Il1O0o_]{0,40})[IlOo_][Il1Oo0_]{7,40}\b|\b_{5,40}\d{0,4}\b")
_PACKED = re.compile(
    r"__pyarmor__|\bpyarmor_runtime\b|sourcedefender|eval\(function\(p,a,c,k,e,[dr]\)|\[\]\[\(!\[\]\+\[\]\)|(?:\(!\[\]\+\[\]\)\[\+){1,3}"
)
_ESCAPES = re.compile(r"(?:\\x[0-9a-f]{2}){10,}", re.IGNORECASE)
_FOREIGN = re.compile(r"\b[\u3400-\u9fff\u0400-\u04ff\u0370-\u03ff\uac00-\ud7af]{1,40}\s{0,3}=(?!=)")
_PADDED = re.compile(r"(?<=[^ \t\n])[ \t]{150,}(?=\S[^\n]{10})")
_ANY = (_MANGLED, _CONFUSABLE, _PACKED, _ESCAPES, _PADDED)
_MANY_NAMES = 12
_MANY_ESCAPES = 6


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Mangled names, string rotation, packers, names of look-alike letters, code pushed out of sight."""
    text = file.text[: 2 << 20]
    if text.isascii() and not may_hold(text, _ANY):
        return
    found = _first(text)
    if found is None:
        return
    what, match, certain = found
    early = file.point in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD)
    severity = Severity.HIGH if early or (certain and file.point.is_unasked) else Severity.MEDIUM
    yield Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=Specificity.TELLING if early and certain else Specificity.UNUSUAL,
        point=file.point,
        file=file.path,
        line=file.line or text.count("\n", 0, match.start()) + 1,
        excerpt=excerpt_of(" ".join(text[max(match.start() - 20, 0) : match.end() + 140].split())),
        sentence=f"{what}, {WHEN[file.point]}",
        layers=file.layers,
    )


def _first(text: str) -> tuple[str, re.Match[str], bool] | None:
    packed = _PACKED.search(text)
    if packed is not None:
        return "Is packed by a tool that hides code", packed, True
    mangled = _MANGLED.search(text)
    if mangled is not None and distinct(_MANGLED, text) >= _MANY_NAMES:
        return "Has its names and texts mangled so that nobody can read it", mangled, _ROTATES.search(text) is not None
    padded = next((one for one in _PADDED.finditer(text) if _does_something(text[one.end() : one.end() + 400])), None)
    if padded is not None:
        return "Has code far to the right, where no editor shows it", padded, True
    confusable = _CONFUSABLE.search(text)
    if confusable is not None and distinct(_CONFUSABLE, text) >= _MANY_NAMES:
        return "Has names that cannot be told apart", confusable, True
    foreign = _FOREIGN.search(text)
    if (
        foreign is not None
        and distinct(_FOREIGN, text) >= _MANY_NAMES
        and re.search(r"\bexec\(|\beval\(|\bFunction\(", text)
    ):
        return "Has names in letters that its readers do not know", foreign, False
    escapes = _ESCAPES.search(text)
    if (
        escapes is not None
        and distinct(_ESCAPES, text) >= _MANY_ESCAPES
        and re.search(r"\bexec\(|\beval\(|\bFunction\(", text)
    ):
        return "Writes its texts as escapes", escapes, False
    return None


def _does_something(text: str) -> bool:
    """Whether what begins behind the blanks is a statement, and no comment or table."""
    tail = text.partition("\n")[0]
    return re.search(r"[;(=]", tail) is not None and not tail.startswith(("#", "//", "*", "|", "\\"))
