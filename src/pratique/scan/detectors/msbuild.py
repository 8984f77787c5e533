"""What a NuGet package's targets do in every build of whoever uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.points.contract import MAX_MANIFEST
from pratique.scan.points.markup import Element, read_xml
from pratique.scan.reading import words
from pratique.scan.reading.commands import abilities_of
from pratique.scan.reading.contract import Ability
from pratique.scan.seen import Artefact, SeenFile

ID = "msbuild"
VERSION = 1
WANTS = Wants(
    kinds=frozenset((FileKind.XML, FileKind.TEXT)),
    points=frozenset((ExecutionPoint.BUILD, ExecutionPoint.INSTALL)),
    ecosystems=frozenset(("nuget",)),
)

_WORST = frozenset(
    (
        Ability.RUNS_DOWNLOADED,
        Ability.RUNS_DECODED,
        Ability.SENDS_SECRETS,
        Ability.SENDS_SYSTEM,
        Ability.RESOLVES_SECRETS,
        Ability.REVERSE_SHELL,
        Ability.DESTROYS,
        Ability.MINES,
        Ability.AGENT_CALL,
        Ability.PUBLISHES,
        Ability.SCANS_SECRETS,
    )
)
_BAD = frozenset(
    (
        Ability.NETWORK,
        Ability.SENDS,
        Ability.READS_CREDENTIALS,
        Ability.DROP_HOST,
        Ability.STAYS,
        Ability.DEFENCES,
        Ability.AGENT_SETTINGS,
        Ability.WORKFLOWS,
        Ability.READS_ENVIRONMENT,
    )
)
_INLINE = re.compile(r"RoslynCodeTaskFactory|CodeTaskFactory|XamlTaskFactory", re.IGNORECASE)
_EVALUATES = re.compile(
    r"\$\(\[(?:System\.IO\.File|System\.Diagnostics|System\.Reflection|System\.Activator)\]?[^)\n]{0,200}(?:Write|Start|Load|Create)"
)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Commands, downloads and code in targets."""
    root = read_xml(file.content[:MAX_MANIFEST])
    if root is None:
        return
    elements = list(root.all())
    downloads = [one for one in elements if one.name == "DownloadFile"]
    for one in elements:
        if one.name == "Exec":
            yield from _command(file, one, downloaded=bool(downloads))
        elif one.name == "UsingTask" and _INLINE.search(" ".join(one.attributes.values())):
            code = " ".join(inner.text for inner in one.all())
            yield _finding(file, one, code.strip(), Severity.HIGH, "Has code in its targets that is compiled and run")
    for one in downloads:
        yield _finding(file, one, " ".join(one.attributes.values()), Severity.HIGH, "Fetches a file")
    found = _EVALUATES.search(file.text)
    if found is not None:
        one = Element("", {}, file.text.count("\n", 0, found.start()) + 1)
        yield _finding(file, one, found[0], Severity.HIGH, "Writes or loads files by a property function")


def _command(file: SeenFile, element: Element, *, downloaded: bool) -> Iterator[Finding]:
    command = element.attributes.get("Command", "")
    found = {*abilities_of(command), *words.abilities_in(command)}
    if downloaded or found & _WORST:
        says = "Runs a command beside a download" if downloaded else "Runs a command that fetches, hides or sends away"
        yield _finding(file, element, command, Severity.CRITICAL, says)
    elif found & (_BAD | {Ability.EVALUATES}):
        severity = Severity.HIGH if found & _BAD or "hidden" in command.lower() else Severity.MEDIUM
        yield _finding(
            file, element, command, severity, "Runs a command that starts an interpreter or connects to a host"
        )
    else:
        yield _finding(file, element, command, Severity.LOW, "Runs a command")


def _finding(file: SeenFile, element: Element, text: str, severity: Severity, says: str) -> Finding:
    return Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=Specificity.COMMON if severity is Severity.LOW else Specificity.TELLING,
        point=ExecutionPoint.BUILD,
        file=file.path,
        line=element.line,
        excerpt=excerpt_of(text),
        sentence=f"{says}, in every build of whoever uses the package",
    )
