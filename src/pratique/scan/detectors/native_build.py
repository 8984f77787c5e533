"""What `binding.gyp` expands: commands that npm's native build runs without any script in package.json."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.reading import words
from pratique.scan.reading.commands import abilities_of
from pratique.scan.reading.contract import Ability
from pratique.scan.seen import Artefact, SeenFile

ID = "native-build"
VERSION = 1
WANTS = Wants(points=frozenset((ExecutionPoint.INSTALL,)), ecosystems=frozenset(("npm",)))

_EXPANSION = re.compile(r"<!@?\(((?:[^()\n]|\([^()\n]{0,400}\)){1,2000})\)")
_USUAL = re.compile(
    r"""\s{0,3}(?:node(?:js)?\s+-[ep]\s+\\?["'](?:console\.log\()?(?:process\.\w+(?:\.\w+)?|require\(\\?['"][\w@/.-]{1,80}\\?['"]\)(?:\.\w{1,40}){0,2})\)?\\?["']|pkg-config\b[^|;&]{0,200}|node\s+\S{1,80}(?:util|find|include|gyp)\S{0,80}[^|;&]{0,100})\s{0,3}"""
)
_SOURCES = re.compile(r"\.(?:c|cc|cpp|cxx|m|mm|asm|s|S)\b")
_HARMLESS = frozenset((Ability.EVALUATES, Ability.PROCESS))


def look(file: SeenFile, artefact: Artefact) -> Iterator[Finding]:
    """Commands in a gyp file, and a gyp file in a package that has nothing to compile."""
    if file.path != "binding.gyp":
        return
    text = file.text[:500_000]
    for found in _EXPANSION.finditer(text):
        abilities = {*abilities_of(found[1]), *words.abilities_in(found[1])} - _HARMLESS
        if abilities:
            yield _finding(
                file, text, found, Severity.CRITICAL, "Runs a command that fetches, reads or sends something"
            )
            return
        if not _USUAL.fullmatch(found[1]):
            compiles = any(_SOURCES.search(one.path) for one in artefact.outline.files)
            severity = Severity.MEDIUM if compiles else Severity.HIGH
            yield _finding(
                file,
                text,
                found,
                severity,
                "Runs a command" + ("" if compiles else " though there is nothing to compile"),
            )
            return


def _finding(file: SeenFile, text: str, found: re.Match[str], severity: Severity, says: str) -> Finding:
    return Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=Specificity.TELLING if severity is not Severity.MEDIUM else Specificity.UNUSUAL,
        point=ExecutionPoint.INSTALL,
        file=file.path,
        line=text.count("\n", 0, found.start()) + 1,
        excerpt=excerpt_of(found[0]),
        sentence=f"{says}, while npm builds the package",
    )
