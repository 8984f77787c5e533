"""Where code of a NuGet package runs. Source: NuGet docs, "MSBuild props and targets" and "Package scripts"."""

from __future__ import annotations

import re
from collections.abc import Collection

from pratique.scan.findings import ExecutionPoint
from pratique.scan.points.contract import MAX_MANIFEST, Package, Read, mapping
from pratique.scan.points.markup import Element, read_xml
from pratique.scan.seen import Dependency

_BUILD = re.compile(
    r"(?:build|buildtransitive|buildmultitargeting|buildcrosstargeting)/(?:.*/)?[^/]+\.(?:props|targets)", re.I
)
_SCRIPT = re.compile(r"tools/(?:.*/)?(?:init|install|uninstall)\.ps1", re.I)
_ANALYZER = re.compile(r"analyzers/.*\.dll", re.I)
_NAMED = re.compile(r"[\w.-]{1,100}\.(?:dll|exe|ps1|cmd|bat|sh|targets|props|tasks|js|py)\b", re.I)


def read_package(paths: Collection[str], read: Read) -> Package:
    """What a package's targets, scripts and analyzers have run."""
    nuspec = next((path for path in sorted(paths) if path.endswith(".nuspec") and "/" not in path), "")
    package = Package()
    root = read_xml((read(nuspec) or b"")[:MAX_MANIFEST]) if nuspec else None
    if root is not None:
        _read_nuspec(package, root)
    by_name: dict[str, list[str]] = {}
    for path in sorted(paths):
        by_name.setdefault(path.rpartition("/")[2].lower(), []).append(path)
    for path in sorted(paths):
        if _BUILD.fullmatch(path):
            package.hooks_in("targets", ExecutionPoint.BUILD, path)
            for name in _NAMED.findall((read(path) or b"")[:MAX_MANIFEST].decode("utf-8", "replace")):
                for file in by_name.get(name.lower(), ()):
                    package.runs(file, ExecutionPoint.BUILD)
        elif _SCRIPT.fullmatch(path):
            package.hooks_in(path.rpartition("/")[2].lower(), ExecutionPoint.INSTALL, path)
        elif _ANALYZER.fullmatch(path):
            package.hooks_in("analyzer", ExecutionPoint.BUILD, path)
    return package


def _read_nuspec(package: Package, root: Element) -> None:
    about = next((one for one in root.children if one.name == "metadata"), root)
    package.manifest = {one.name: one.text.strip() for one in about.children if one.text.strip()}
    package.name, package.version = about.first("id"), about.first("version")
    package.people = {name for key in ("authors", "owners") if (name := str(mapping(package.manifest).get(key, "")))}
    for one in about.all():
        if one.name == "dependency":
            package.dependencies.append(Dependency(one.attributes.get("id", ""), one.attributes.get("version", "")))
