"""What a project of .NET depends on: project files, packages.config, packages.lock.json.

Source: NuGet, "PackageReference in project files", "Central Package Management", "packages.config reference" and
"Locking dependencies".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from pratique.core.errors import Invalid
from pratique.core.mentions import Mention
from pratique.formats.manifests.mentioned import mentioned
from pratique.formats.project_names.nuget import canonical
from pratique.formats.xml_tree import Element, read_xml

MANIFESTS = (
    "*.csproj", "*.fsproj", "*.vbproj", "Directory.*.props", "Directory.*.targets", "packages.config",
    "packages.lock.json",
)  # fmt: skip

_REFERENCES = frozenset({"PackageReference", "PackageVersion", "GlobalPackageReference", "PackageDownload"})


def read_manifest_names(filename: str, content: bytes) -> tuple[Mention, ...]:
    """The names it depends on, in its order. Raises Invalid, TooLarge."""
    what = f"the {filename}"
    said = _of_lock(content, what) if filename.endswith(".json") else _of_project(read_xml(content, what))
    return mentioned(said, canonical, what)


def _of_project(project: Element) -> Iterator[tuple[str, str]]:
    for one in project.all_below():
        if one.name in _REFERENCES:
            for said in (one.attributes.get("Include", ""), one.attributes.get("Update", "")):
                yield from ((name.strip(), "") for name in said.split(";") if name.strip())
        elif one.name == "package" and project.name == "packages":
            yield one.attributes.get("id", ""), ""


def _of_lock(content: bytes, what: str) -> Iterator[tuple[str, str]]:
    try:
        document = msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(f"{what} is no lockfile: {str(error)[:200]}") from None
    frameworks = document.get("dependencies")
    for listed in frameworks.values() if isinstance(frameworks, dict) else ():
        for name, said in listed.items() if isinstance(listed, dict) else ():
            kind = said.get("type") if isinstance(said, dict) else None
            yield name, "comes from a folder" if kind == "Project" else ""
