"""What a pom.xml, a Gradle script, its catalogue of versions or its lockfile depend on.

Scripts are programs: read here is what stands in them as `"group:artifact:version"` or as `group: ..., name: ...`.
Source: Maven, "POM Reference"; Gradle, "Declaring dependencies", "Version catalogs", "Locking dependency versions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pratique.core.mentions import Mention
from pratique.formats.manifests.mentioned import as_text, mentioned
from pratique.formats.project_names.maven import canonical
from pratique.formats.toml import read_toml
from pratique.formats.xml_tree import Element, read_xml

MANIFESTS = ("pom.xml", "*.gradle", "*.gradle.kts", "*.versions.toml", "gradle.lockfile", "*.lockfile")

_MAX_BYTES = 4 << 20
_LONGEST_NAME = 512
_NAMING = frozenset({"dependency", "plugin", "parent", "extension"})
_OF_PLUGINS = "org.apache.maven.plugins"
_PROPERTY = re.compile(r"\$\{([^${}]{1,200})\}")
_ID = r"[A-Za-z0-9_.-]{1,200}"
_SHORT = re.compile(rf"""["']({_ID}:{_ID})(?:[:@][^"'\n]*)?["']""")
_LONG = re.compile(rf"""\bgroup\s*[:=]\s*["']({_ID})["']\s*,\s*name\s*[:=]\s*["']({_ID})["']""")
_LOCKED = re.compile(rf"^({_ID}:{_ID}):[^=\n]*=", re.MULTILINE)


def read_manifest_names(filename: str, content: bytes) -> tuple[Mention, ...]:
    """The names it depends on, in its order. Raises Invalid, TooLarge."""
    what = f"the {filename}"
    if filename.endswith(".xml"):
        return mentioned(_of_pom(read_xml(content, what)), canonical, what)
    if filename.endswith(".toml"):
        return mentioned(_of_catalogue(read_toml(content, what, _MAX_BYTES)), canonical, what)
    text = as_text(content)
    if filename.endswith(".lockfile"):
        return mentioned(((name, "") for name in _LOCKED.findall(text)), canonical, what)
    return mentioned(_of_script(text), canonical, what)


def _of_pom(pom: Element) -> Iterator[tuple[str, str]]:
    properties = (one for place in pom.children if place.name == "properties" for one in place.children)
    known = {one.name: one.text.strip() for one in properties}
    parent = next((one for one in pom.children if one.name == "parent"), Element("parent", {}))
    group = pom.child_text("groupId") or parent.child_text("groupId")
    known |= {"project.groupId": group, "pom.groupId": group, "groupId": group}
    for one in pom.all_below():
        if one.name in _NAMING:
            usual = _OF_PLUGINS if one.name == "plugin" else ""
            name = f"{one.child_text('groupId') or usual}:{one.child_text('artifactId')}"
            private = "comes from a folder" if one.child_text("scope") == "system" else ""
            expanded = _expanded(name, known)
            if expanded is not None:
                yield expanded, private


def _expanded(name: str, known: Mapping[str, str]) -> str | None:
    """The name with what its properties stand for; None if it comes to more than any name has."""
    parts, size, end = [], 0, 0
    for found in _PROPERTY.finditer(name[:_LONGEST_NAME]):
        parts += [name[end : found.start()], known.get(found[1], found[0])]
        size, end = size + len(parts[-2]) + len(parts[-1]), found.end()
        if size > _LONGEST_NAME:
            return None
    whole = "".join((*parts, name[end:]))
    return whole if len(whole) <= _LONGEST_NAME else None


def _of_script(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if not line.lstrip().startswith(("//", "*", "/*")):
            yield from ((name, "") for name in _SHORT.findall(line))
            yield from ((f"{group}:{name}", "") for group, name in _LONG.findall(line))


def _of_catalogue(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    libraries = document.get("libraries")
    for said in libraries.values() if isinstance(libraries, dict) else ():
        module = said.get("module", f"{said.get('group')}:{said.get('name')}") if isinstance(said, dict) else said
        if isinstance(module, str):
            yield ":".join(module.split(":")[:2]), ""
