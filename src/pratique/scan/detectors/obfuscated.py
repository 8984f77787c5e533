"""Code that was made unreadable on purpose; what a bundler makes small is not."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import WHEN, distinct
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.reading import unreadable
from pratique.scan.reading.marks import groups_in
from pratique.scan.reading.unreadable import CONFUSABLE, ESCAPES, MANGLED, PACKED, PADDED
from pratique.scan.seen import Artefact, SeenFile

ID = "obfuscated"
VERSION = 1
WANTS = Wants(kinds=frozenset((FileKind.JAVASCRIPT, FileKind.PYTHON, FileKind.RUBY, FileKind.POWERSHELL)), points=RUNS)

_ROTATES = re.compile(
    r"\bpush'?\]?\(\s{0,9}\w{1,12}\[?'?\.?shift'?\]?\(|while\s{0,3}\(!!\[\]\)|parseInt\(\w{1,12}\(0x", re.IGNORECASE
)
_FOREIGN = re.compile(r"\b[\u3400-\u9fff\u0400-\u04ff\u0370-\u03ff\uac00-\ud7af]{1,40}\s{0,3}=(?!=)")
_EVALUATES = re.compile(r"\b(?:exec|eval|Function)\(")
_EVALUATE = ("exec(", "eval(", "Function(")
_MOST_READ = 2 << 20
_MANY_NAMES = 12
_MANY_ESCAPES = 6


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Mangled names, string rotation, packers, names of look-alike letters, code pushed out of sight."""
    groups = groups_in(file)
    if file.content.isascii() and groups.isdisjoint(unreadable.TABLE):
        return
    text = file.text[:_MOST_READ]
    found = _first(text, groups)
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


def _first(text: str, groups: Container[str]) -> tuple[str, re.Match[str], bool] | None:
    """What is said of a text, the place that shows it, and whether no build tool writes that."""
    packed = PACKED.search(text) if "packed" in groups else None
    if packed is not None:
        return "Is packed by a tool that hides code", packed, True
    mangled = _many(MANGLED, text) if "mangled-names" in groups else None
    if mangled is not None:
        return "Has its names and texts mangled so that nobody can read it", mangled, _ROTATES.search(text) is not None
    padded = next(_padded(text), None) if "padded" in groups else None
    if padded is not None:
        return "Has code far to the right, where no editor shows it", padded, True
    confusable = _many(CONFUSABLE, text) if "confusable" in groups else None
    if confusable is not None:
        return "Has names that cannot be told apart", confusable, True
    if ("escapes" not in groups and text.isascii()) or not _evaluates(text):
        return None
    foreign = None if text.isascii() else _many(_FOREIGN, text)
    if foreign is not None:
        return "Has names in letters that its readers do not know", foreign, False
    escapes = _many(ESCAPES, text, _MANY_ESCAPES) if "escapes" in groups else None
    return ("Writes its texts as escapes", escapes, False) if escapes is not None else None


def _evaluates(text: str) -> bool:
    return any(word in text for word in _EVALUATE) and _EVALUATES.search(text) is not None


def _many(pattern: re.Pattern[str], text: str, many: int = _MANY_NAMES) -> re.Match[str] | None:
    """The first place of a pattern of which there are many different ones in a text."""
    first = pattern.search(text)
    return first if first is not None and distinct(pattern, text) >= many else None


def _padded(text: str) -> Iterator[re.Match[str]]:
    return (one for one in PADDED.finditer(text) if _does_something(text[one.end() : one.end() + 400]))


def _does_something(text: str) -> bool:
    """Whether what begins behind the blanks is a statement, and no comment or table."""
    tail = text.partition("\n")[0]
    return re.search(r"[;(=]", tail) is not None and not tail.startswith(("#", "//", "*", "|", "\\"))
