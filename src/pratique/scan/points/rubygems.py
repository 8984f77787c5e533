"""Where code of a gem runs. Source: RubyGems guides, "Gems with extensions", "Plugins", "Specification reference"."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from typing import Any

from pratique.core.errors import Invalid, TooLarge
from pratique.formats.file_kind import FileKind
from pratique.formats.yaml_tree import read_yaml
from pratique.scan.findings import ExecutionPoint
from pratique.scan.points.contract import MAX_MANIFEST, UNREADABLE, Package, Read, mapping, texts
from pratique.scan.seen import Dependency

METADATA = "metadata"
"""Where the walk shows a gem's own metadata, unpacked."""


def read_package(paths: Collection[str], read: Read) -> Package:
    """What a gem's extensions, plugins and main files have run."""
    manifest = _metadata(read(METADATA)) if METADATA in paths else {}
    version = mapping(manifest.get("version"))
    package = Package(str(manifest.get("name", "")), str(version.get("version", "")), manifest)
    for said in texts(manifest.get("extensions")):
        path = posixpath.normpath(said)
        package.hooks_in("extension", ExecutionPoint.INSTALL, path)
        package.kinds[path] = FileKind.SHELL if path.endswith("configure") else FileKind.RUBY
    for path in paths:
        if path.endswith("rubygems_plugin.rb"):
            package.hooks_in("rubygems_plugin", ExecutionPoint.INSTALL, path)
        elif path.endswith("/extconf.rb") or path == "extconf.rb":
            package.runs(path, ExecutionPoint.INSTALL)
        elif path.endswith(".gemspec"):
            package.runs(path, ExecutionPoint.BUILD)
        elif path.startswith("lib/") and path.endswith(".rb") and path.count("/") == 1:
            package.runs(path, ExecutionPoint.START)
    wanted = manifest.get("dependencies")
    for one in wanted if isinstance(wanted, list) else ():
        about = mapping(one)
        group = "dev" if "development" in str(about.get("type", "")) else "run"
        package.dependencies.append(Dependency(str(about.get("name", "")), str(about.get("requirement", "")), group))
    package.people |= set(texts(manifest.get("authors")) + texts(manifest.get("email")))
    return package


def _metadata(content: bytes | None) -> dict[str, Any]:
    """Gem metadata without its Ruby types: `!ruby/object:` tags only say which class a mapping is of."""
    if content is None:
        return {}
    plain = _without_tags(content[:MAX_MANIFEST])
    try:
        documents = read_yaml(plain, "the gem's metadata", MAX_MANIFEST, 200_000)
    except (Invalid, TooLarge):
        return {UNREADABLE: True}
    return mapping(documents[0]) if documents else {}


def _without_tags(content: bytes) -> bytes:
    lines = []
    for line in content.splitlines():
        head, mark, tail = line.partition(b"!ruby/")
        if mark and (not head.strip() or head.rstrip().endswith((b":", b"-", b"---"))):
            line = head + tail.partition(b" ")[2]
        lines.append(line)
    return b"\n".join(lines)
