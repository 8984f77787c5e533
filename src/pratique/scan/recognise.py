"""Which ecosystem an artefact belongs to: by its name where that says it, else by what lies in it."""

from __future__ import annotations

from collections.abc import Collection

_SUFFIXES = (
    (".whl", "pypi"),
    (".egg", "pypi"),
    (".crate", "cargo"),
    (".gem", "rubygems"),
    (".nupkg", "nuget"),
    (".snupkg", "nuget"),
    (".jar", "maven"),
    (".war", "maven"),
    (".aar", "maven"),
    (".pom", "maven"),
)
_MANIFESTS = (
    ("package.json", "npm"),
    ("PKG-INFO", "pypi"),
    ("Cargo.toml", "cargo"),
    ("setup.py", "pypi"),
    ("pyproject.toml", "pypi"),
    ("pom.xml", "maven"),
)


def ecosystem_of(filename: str, paths: Collection[str]) -> str:
    """The ecosystem of an artefact; empty if neither its name nor its files tell.

    Args:
        filename: of the artefact; may be empty.
        paths: of the files in it, as they lie there.
    """
    lower = filename.lower()
    for suffix, ecosystem in _SUFFIXES:
        if lower.endswith(suffix):
            return ecosystem
    known = set(paths)
    if any(path.endswith(".dist-info/METADATA") for path in known):
        return "pypi"
    if "metadata.gz" in known and "data.tar.gz" in known:
        return "rubygems"
    if any("/" not in path and path.endswith(".nuspec") for path in known):
        return "nuget"
    if "META-INF/MANIFEST.MF" in known:
        return "maven"
    return _by_manifest(known)


def _by_manifest(paths: set[str]) -> str:
    """By a manifest at the top, or in the one folder that holds everything."""
    highest = {path if "/" not in path else path.split("/", 1)[1] for path in paths if path.count("/") <= 1}
    for manifest, ecosystem in _MANIFESTS:
        if manifest in highest:
            return ecosystem
    return "rubygems" if any(path.endswith(".gemspec") for path in highest) else ""
