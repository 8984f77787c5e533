"""Where code of a Maven artefact runs.

Source: Maven, "Introduction to Plugins" and "Using Extensions"; Java, `java.util.ServiceLoader`.
"""

from __future__ import annotations

from collections.abc import Collection

from pratique.scan.findings import ExecutionPoint
from pratique.scan.points.contract import MAX_MANIFEST, Package, Read
from pratique.scan.points.markup import Element, read_xml
from pratique.scan.seen import Dependency, Hook

_SERVICES = "META-INF/services/"
_AT_COMPILATION = frozenset(("javax.annotation.processing.Processor", "lombok.core.LombokApp"))
_AGENT_KEYS = ("Premain-Class", "Agent-Class", "Launcher-Agent-Class")


def read_package(paths: Collection[str], read: Read) -> Package:
    """What a jar's services, a plugin's classes and a POM's extensions have run."""
    package = Package()
    pom = next((path for path in sorted(paths) if path.endswith(("/pom.xml", ".pom")) or path == "pom.xml"), "")
    root = read_xml((read(pom) or b"")[:MAX_MANIFEST]) if pom else None
    if root is not None:
        _read_pom(package, root, pom)
    for path in sorted(paths):
        if path.startswith(_SERVICES) and path.count("/") == 2:
            _service(package, path.removeprefix(_SERVICES), (read(path) or b"")[:MAX_MANIFEST], paths)
        elif path in (".mvn/extensions.xml", ".mvn/jvm.config", ".mvn/maven.config"):
            package.hooks_in(path, ExecutionPoint.BUILD, path)
        elif path.startswith(("META-INF/spring.factories", "META-INF/spring/")):
            _named_classes(package, (read(path) or b"")[:MAX_MANIFEST], paths, ExecutionPoint.START)
    if "META-INF/maven/plugin.xml" in paths:
        package.hooks.append(Hook("plugin.xml", ExecutionPoint.BUILD, file="META-INF/maven/plugin.xml"))
        for path in paths:
            if path.endswith(".class"):
                package.runs(path, ExecutionPoint.BUILD)
    if "META-INF/MANIFEST.MF" in paths:
        _agents(package, (read("META-INF/MANIFEST.MF") or b"")[:MAX_MANIFEST], paths)
    return package


def _read_pom(package: Package, root: Element, pom: str) -> None:
    parent = next((one for one in root.children if one.name == "parent"), Element("", {}, 0))
    group = root.first("groupId") or parent.first("groupId")
    package.name = f"{group}:{root.first('artifactId')}" if group else root.first("artifactId")
    package.version = root.first("version") or parent.first("version")
    package.manifest = {one.name: one.text.strip() for one in root.children if one.text.strip()}
    for one in root.all():
        if one.name == "dependency":
            name = f"{one.first('groupId')}:{one.first('artifactId')}"
            package.dependencies.append(Dependency(name, one.first("version"), one.first("scope") or "run"))
        elif one.name in ("developer", "contributor"):
            package.people |= {text for text in (one.first("email") or one.first("name"),) if text}
        elif one.name == "extension" or (one.name == "plugin" and one.first("executions", "execution", "phase")):
            command = f"{one.first('groupId')}:{one.first('artifactId')}:{one.first('version')}"
            package.hooks.append(Hook(one.name, ExecutionPoint.BUILD, command, pom))
            package.runs(pom, ExecutionPoint.BUILD)


def _service(package: Package, interface: str, content: bytes, paths: Collection[str]) -> None:
    point = ExecutionPoint.BUILD if interface in _AT_COMPILATION else ExecutionPoint.START
    if interface in _AT_COMPILATION:
        package.hooks.append(Hook("annotation processor", point, content.decode("utf-8", "replace").strip()[:500]))
    _named_classes(package, content, paths, point)


def _named_classes(package: Package, content: bytes, paths: Collection[str], point: ExecutionPoint) -> None:
    words = content.decode("utf-8", "replace").replace(",", " ").replace("=", " ").replace("\\", " ").split()
    for word in words[:5_000]:
        path = word.replace(".", "/") + ".class"
        if path in paths:
            package.runs(path, point)


def _agents(package: Package, content: bytes, paths: Collection[str]) -> None:
    for line in content.decode("utf-8", "replace").splitlines()[:2_000]:
        key, _, value = line.partition(":")
        path = value.strip().replace(".", "/") + ".class"
        if key in _AGENT_KEYS and path in paths:
            package.hooks_in(key, ExecutionPoint.START, path)
