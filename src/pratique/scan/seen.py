"""What detectors are shown: one file of an artefact, or one layer peeled from it, and the artefact as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from pratique.formats.file_kind import FileKind
from pratique.formats.oddities import Oddity as Oddity
from pratique.formats.oddities import OddityKind as OddityKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.reading.contract import Ability, Deed
from pratique.scan.reading.source_encoding import decoded


@dataclass(frozen=True, eq=False)
class SeenFile:
    """One file, or one layer of it.

    What several detectors need of it (`text`) is worked out once and kept for as long as the file is.

    Attributes:
        path: below the package's own folder, with `/` (`execution_points.package_root`); what lies in an archive inside
            has that archive's path and a `!` before its own.
        kind: by content.
        content: its bytes, from the start, as many as the limits allow; all of them unless `cut`.
        size: bytes of the whole file.
        sha256: of the whole file, hexadecimal; of the layer's bytes for a layer.
        point: when it runs.
        cut: the file is longer than `content`.
        layers: how it was peeled, outermost first; empty for the file itself.
        line: where in the file the outermost layer stood, from 1; 0 for the file itself.
    """

    path: str
    kind: FileKind
    content: bytes
    size: int
    sha256: str
    point: ExecutionPoint = ExecutionPoint.NONE
    cut: bool = False
    layers: tuple[str, ...] = ()
    line: int = 0

    @cached_property
    def text(self) -> str:
        """The content as text: UTF-8, or UTF-16 where it says so; what is neither shows as replacement characters.

        Python in the encoding that it declares.
        """
        if self.kind is FileKind.PYTHON:
            return decoded(self.content)
        if self.content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return self.content.decode("utf-16", "replace")
        return self.content.decode("utf-8", "replace").removeprefix("\ufeff")

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What detectors work out of this file once for all of them, by the module that does."""
        return {}


class Listed(msgspec.Struct, frozen=True):
    """A file of the artefact without its content."""

    path: str
    size: int
    kind: FileKind
    sha256: str = ""
    point: ExecutionPoint = ExecutionPoint.NONE


class Hook(msgspec.Struct, frozen=True):
    """Something that runs before anybody calls the package.

    Attributes:
        name: as the ecosystem calls it: `postinstall`, `setup.py`, `build.rs`, `binding.gyp`.
        point: when it runs.
        command: what is run, as it stands there; empty where the file itself is the hook.
        file: the file that is run, empty if the command names none of the package.
    """

    name: str
    point: ExecutionPoint
    command: str = ""
    file: str = ""


class Dependency(msgspec.Struct, frozen=True):
    """What a package asks for.

    Attributes:
        name: as written.
        requirement: range, URL, path or git reference as written.
        group: `run`, `build`, `dev`, `optional` or `peer`.
    """

    name: str
    requirement: str = ""
    group: str = "run"


class Outline(msgspec.Struct, frozen=True):
    """What is compared between two releases, and kept of the earlier one.

    Attributes:
        version: of the release.
        files: everything in it.
        hooks: what runs unasked.
        dependencies: what it asks for.
        abilities: what its code can do (`reading.contract.Ability`), with the earliest point of each.
        domains: host names that its code (not its prose) names.
        people: maintainers and authors as it states them.
    """

    version: str = ""
    files: tuple[Listed, ...] = ()
    hooks: tuple[Hook, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    abilities: dict[str, ExecutionPoint] = {}
    domains: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


class Identity(msgspec.Struct, frozen=True):
    """Whose release something is said to be; empty where nothing is said."""

    name: str = ""
    version: str = ""


_NOBODY = Identity()
ORIGINAL = 16
"""Digits of a digest that are kept of each file of a well-known project."""


@dataclass(frozen=True)
class Artefact:
    """One artefact as a whole.

    While files are looked at (`look`), `outline.abilities`, `outline.domains` and `deeds` are still empty; they are
    complete when the artefact is judged (`judge`).

    Attributes:
        ecosystem: npm, pypi, cargo, maven, rubygems, nuget.
        name: as the artefact states it, else as it was asked for.
        version: the same.
        manifest: what it says of itself (package.json, METADATA, Cargo.toml, nuspec, pom), as plain values.
        outline: what is compared between releases.
        previous: the same of the release before; None if there is none or none is known.
        oddities: of the archive.
        families: fingerprints of known-bad families (`fingerprints.fingerprint`), each with the family's name.
        originals: the first `ORIGINAL` digits of the sha256 of code files of well-known projects, each with the
            project's name.
        bad: sha256 of files that were found bad, each with what they are.
        asked: as what it is offered, by whoever had it scanned.
        stated: what its manifest says.
        source: the outline of what it was built from; None if that is not at hand.
        attested: an attestation says that it was built from just that.
        deeds: what the code of each file was seen doing (`reading.deeds.deeds_of`), of all files, layers too.
    """

    ecosystem: str
    name: str
    version: str
    manifest: Mapping[str, Any] = field(default_factory=dict)
    outline: Outline = field(default_factory=Outline)
    previous: Outline | None = None
    oddities: tuple[Oddity, ...] = ()
    families: Mapping[str, str] = field(default_factory=dict)
    originals: Mapping[str, str] = field(default_factory=dict)
    bad: Mapping[str, str] = field(default_factory=dict)
    asked: Identity = _NOBODY
    stated: Identity = _NOBODY
    source: Outline | None = None
    attested: bool = False
    deeds: tuple[FileDeeds, ...] = ()


class FileDeeds(msgspec.Struct, frozen=True):
    """What one file was seen doing.

    Attributes:
        path: the file.
        point: when it runs.
        abilities: each with the line and excerpt that shows it, and when that line runs.
        domains: host names in its code.
    """

    path: str
    point: ExecutionPoint
    abilities: Mapping[Ability, Deed]
    domains: frozenset[str]
