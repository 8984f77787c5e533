"""What of a package runs when, in each ecosystem: from its manifest, its paths, and what is loaded from there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.points import cargo, maven, npm, nuget, pypi, rubygems
from pratique.scan.points.contract import Expect, Package, Read
from pratique.scan.points.reach import reached
from pratique.scan.seen import Dependency, Hook

ECOSYSTEMS = {"npm": npm, "pypi": pypi, "cargo": cargo, "maven": maven, "rubygems": rubygems, "nuget": nuget}

_ONE_FOLDER = frozenset(("pypi", "cargo"))
_SET_ASIDE = frozenset(
    (
        "test",
        "tests",
        "__tests__",
        "spec",
        "specs",
        "testing",
        "docs",
        "doc",
        "example",
        "examples",
        "samples",
        "benchmark",
        "benchmarks",
        "bench",
        "fixtures",
        "testdata",
    )
)


class Plan(msgspec.Struct, frozen=True):
    """Where code of one artefact runs, and what its manifest says.

    Attributes:
        name: as the manifest states it; empty if it has none.
        version: the same.
        manifest: as plain values.
        hooks: what runs unasked.
        dependencies: what it asks for.
        people: maintainers and authors as stated.
        points: of the files that something runs or names; `point_of` answers for all.
        kinds: as what files run whose names do not tell it.
    """

    name: str
    version: str
    manifest: dict[str, Any]
    hooks: tuple[Hook, ...]
    dependencies: tuple[Dependency, ...]
    people: frozenset[str]
    points: dict[str, ExecutionPoint]
    kinds: dict[str, FileKind] = {}

    def kind_of(self, path: str, kind: FileKind) -> FileKind:
        """What a file is: what it is run as, unless its bytes are those of a program or an archive."""
        return self.kinds.get(path, kind) if kind.is_text or kind is FileKind.DATA else kind

    def point_of(self, path: str) -> ExecutionPoint:
        """When a file runs: as found out, else when somebody calls it; tests, examples and prose never do.

        What lies in an archive inside runs when that archive is used.
        """
        found = self.points.get(path) or self.points.get(path.partition("!")[0])
        if found is not None:
            return found
        folders = path.lower().split("/")[:-1]
        return ExecutionPoint.NONE if _SET_ASIDE & set(folders) else ExecutionPoint.RUN


def package_root(ecosystem: str, paths: Collection[str]) -> str:
    """The folder that holds the whole package, with its slash; empty where it has none.

    Sdists and crates put everything below one folder; paths that detectors see are below it. What lies beside that
    folder keeps its whole path. npm leaves out the first part of every path, whatever it is (`Stock`).
    """
    if ecosystem not in _ONE_FOLDER:
        return ""
    tops = {path.partition("/")[0] for path in paths if "/" in path}
    loose = [path for path in paths if "/" not in path]
    is_wheel = any(top.endswith(".dist-info") for top in tops)
    return "" if is_wheel or loose or len(tops) != 1 else f"{min(tops)}/"


def plan(ecosystem: str, paths: Collection[str], read: Read, expect: Expect = lambda _paths: None) -> Plan:
    """What of a package runs when.

    Args:
        ecosystem: one of the six.
        paths: of all files, below the package's root.
        read: the content of a file by its path, None if it is too large or cannot be read. A manifest and what runs
            from its hooks is asked for, no more than `reach.MAX_FILES` files.
        expect: is told which files are about to be read.

    Never raises for what the files say: a manifest that cannot be read has no hooks, and says so in `manifest`.
    """
    known = frozenset(paths)
    package: Package = ECOSYSTEMS[ecosystem].read_package(known, read)
    return Plan(
        name=package.name,
        version=package.version,
        manifest=package.manifest,
        hooks=tuple(package.hooks),
        dependencies=tuple(package.dependencies),
        people=frozenset(package.people),
        points=reached(package.points, known, read, expect, package.kinds),
        kinds=package.kinds,
    )
