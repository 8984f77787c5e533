"""Read a .crate: one folder `name-version/` with exactly one Cargo.toml, and nothing that leads out of it.

Source: The Cargo Book, "cargo package"; the checks that crates.io makes of an upload.
"""

from __future__ import annotations

from typing import Any

from pratique.core.artifacts import Manifest
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, InvalidName
from pratique.core.ports import ReadAt
from pratique.ecosystems.cargo import names, versions
from pratique.ecosystems.cargo.cargo_toml import description_fields, index_fields, read_cargo_toml
from pratique.formats.archive import Member, walk_tar_gz

_MANIFEST = "Cargo.toml"
_UNPACKED_MARK = ".cargo-ok"
MAX_MANIFEST = 1 << 20
"""Bytes of a Cargo.toml; the longest real ones have a tenth of it."""


def read_manifest(filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
    """Read what a crate says of itself.

    Raises:
        Invalid: broken, hostile, of another name than its file, or without exactly one Cargo.toml.
        TooLarge: over a limit.
    """
    if not filename.endswith(".crate"):
        raise Invalid(f"{filename[:100]!a} is no crate: its name must end in .crate")
    content, paths = _scan(filename.removesuffix(".crate"), artefact, limits)
    if content is None:
        raise Invalid("the crate has no Cargo.toml in its top folder; build it with `cargo package`")
    document = read_cargo_toml(content)
    package = document["package"]
    name, version = _checked(package["name"], package["version"])
    if names.crate_filename(name, version) != filename:
        raise Invalid(
            f"the crate is called {filename[:150]!a}, Cargo.toml inside says {name}@{version}; they must agree"
        )
    return Manifest(
        name=name,
        version=version,
        fields={"index": index_fields(document), **description_fields(document)},
        execution_points=_execution_points(document, paths),
    )


def _scan(top: str, artefact: ReadAt, limits: ArchiveLimits) -> tuple[bytes | None, frozenset[str]]:
    """Walk the whole crate: Cargo.toml's bytes, and the paths of all files below the top folder."""
    content: bytes | None = None
    spelled: dict[str, str] = {}
    for member in walk_tar_gz(artefact, limits):
        folder, _, path = member.name.partition("/")
        _check_member(member, folder, path, top)
        if member.kind == "directory":
            continue
        twin = spelled.setdefault(path.lower(), path)
        if twin != path:
            raise Invalid(f"the crate has {twin[:80]!a} and {path[:80]!a}, one file where case does not count")
        if path == _MANIFEST:
            content = _read(member)
    return content, frozenset(spelled.values())


def _check_member(member: Member, folder: str, path: str, top: str) -> None:
    if folder != top:
        raise Invalid(f"the crate has {member.name[:80]!a} outside of its folder {top[:80]!a}; use `cargo package`")
    if member.kind not in ("file", "directory"):
        raise Invalid(f"the crate has {path[:80]!a}, a link or device; crates hold plain files only")
    if not path and member.kind != "directory":
        raise Invalid(f"the crate has a file in place of its folder {top[:80]!a}; use `cargo package`")
    if path.lower() == _MANIFEST.lower() and path != _MANIFEST:
        raise Invalid(f"the crate has {path[:80]!a}; its manifest must be spelled Cargo.toml")
    if path == _UNPACKED_MARK:
        raise Invalid(f"the crate has {_UNPACKED_MARK}, with which cargo marks what it has unpacked; remove it")


def _read(member: Member) -> bytes:
    if member.size > MAX_MANIFEST:
        raise Invalid(f"Cargo.toml in the crate has {member.size} bytes; at most {MAX_MANIFEST} are read")
    return member.read()


def _checked(name: str, version: str) -> tuple[str, str]:
    try:
        names.canonical(name)
    except InvalidName as error:
        raise Invalid(f"Cargo.toml in the crate: {error}") from None
    if not versions.is_version(version):
        raise Invalid(f"Cargo.toml in the crate states the version {version[:80]!a}, which is none that cargo reads")
    return name, version


def _execution_points(document: dict[str, Any], paths: frozenset[str]) -> tuple[str, ...]:
    """Where code of the crate runs while others only build: its build script, or all of it as a macro.

    Source: The Cargo Book, "The build field" (build.rs counts unless `build = false`) and "Procedural macros".
    """
    package, library = document["package"], document.get("lib")
    build = package.get("build")
    found = set()
    if (isinstance(build, str | list) and build) or build is True or (build is None and "build.rs" in paths):
        found.add("build.rs")
    if isinstance(library, dict) and (library.get("proc-macro") is True or library.get("proc_macro") is True):
        found.add("proc-macro")
    return tuple(sorted(found))
