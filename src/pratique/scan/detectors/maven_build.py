"""What a POM adds to other people's builds: repositories, extensions, commands."""

from __future__ import annotations

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

ID = "maven-build"
VERSION = 1
WANTS = Wants(kinds=frozenset((FileKind.XML, FileKind.TEXT)), ecosystems=frozenset(("maven",)))

_RUNS_PROGRAMS = frozenset(
    ("exec-maven-plugin", "maven-antrun-plugin", "gmavenplus-plugin", "groovy-maven-plugin", "download-maven-plugin")
)
_PROGRAMS = ("exec", "executable", "get", "script", "source", "argument", "arg", "commandlineArgs", "java", "wget")


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Extensions, plugins that run programs, repositories without encryption."""
    if not file.path.endswith(("pom.xml", ".pom", ".mvn/extensions.xml")):
        return
    root = read_xml(file.content[:MAX_MANIFEST])
    for one in root.all() if root is not None else ():
        if one.name == "extension":
            says = "Loads an extension into the build"
            yield _finding(file, one, _named(one), Severity.MEDIUM, says)
        elif one.name in ("repository", "pluginRepository") and one.first("url").startswith("http://"):
            yield _finding(file, one, one.first("url"), Severity.HIGH, "Adds a repository without encryption")
        elif one.name == "pluginRepository":
            yield _finding(file, one, one.first("url"), Severity.MEDIUM, "Adds a repository for plugins")
        elif one.name == "plugin" and one.first("artifactId") in _RUNS_PROGRAMS:
            yield from _plugin(file, one)


def _plugin(file: SeenFile, plugin: Element) -> Iterator[Finding]:
    texts = [f"{inner.text} {' '.join(inner.attributes.values())}" for inner in plugin.all() if inner.name in _PROGRAMS]
    command = " ".join(" ".join(texts).split())
    found = {*abilities_of(command), *words.abilities_in(command)}
    if found & {
        Ability.RUNS_DOWNLOADED,
        Ability.RUNS_DECODED,
        Ability.SENDS_SECRETS,
        Ability.SENDS_SYSTEM,
        Ability.REVERSE_SHELL,
    }:
        yield _finding(file, plugin, command, Severity.CRITICAL, "Has the build fetch, decode or send something")
    elif found:
        yield _finding(file, plugin, command, Severity.HIGH, "Has the build start an interpreter or connect to a host")
    else:
        yield _finding(file, plugin, command or _named(plugin), Severity.LOW, "Has the build start programs")


def _named(element: Element) -> str:
    return ":".join(
        part for part in (element.first("groupId"), element.first("artifactId"), element.first("version")) if part
    )


def _finding(file: SeenFile, element: Element, text: str, severity: Severity, says: str) -> Finding:
    return Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=Specificity.TELLING if severity is Severity.CRITICAL else Specificity.UNUSUAL,
        point=ExecutionPoint.BUILD,
        file=file.path,
        line=element.line,
        excerpt=excerpt_of(text),
        sentence=says,
    )
