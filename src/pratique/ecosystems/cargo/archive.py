"""Read a .crate: one folder `name-version/` with exactly one Cargo.toml, and nothing that leads out of it.

Source: The Cargo Book, "cargo package"; the checks that crates.io makes of an upload.
"""

from __future__ import annotations

from typing import Any

from pratique.core.artifacts import Manifest
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, InvalidName, TooLarge
from pratique.core.ports import ReadAt
from pratique.ecosystems.cargo import names, versions
from pratique.ecosystems.cargo.cargo_toml import MAX_BYTES, description_fields, index_fields, read_cargo_toml
from pratique.formats.archive import Member, walk_tar_gz
from pratique.formats.archive_rules import digest_of, folded

_MANIFEST = "Cargo.toml"
_UNPACKED_MARK = ".cargo-ok"


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


def _scan(top: str, artefact: ReadAt, limits: ArchiveLimits) -> tuple[bytes | None, frozenset[bytes]]:
    """Walk the whole crate: Cargo.toml's bytes, and the paths of all files folded, as `digest_of` keeps them."""
    content: bytes | None = None
    files: dict[bytes, str] = {}
    folders: set[bytes] = set()
    for member in walk_tar_gz(artefact, limits, dots=False):  # cargo takes `./` for a folder of its own
        folder, _, path = member.name.partition("/")
        plain = _folded(path)
        _check_member(member, folder, path, top)
        if member.kind == "directory":
            _add_folder(folders, plain)
            continue
        _check_path(path, plain)
        twin = files.setdefault(digest_of(plain), path)
        if twin != path:
            raise Invalid(f"the crate has {twin[:80]!a} and {path[:80]!a}, one file on some systems; rename one")
        _add_folder(folders, plain.rpartition("/")[0])
        if path == _MANIFEST:
            content = _read(member)
    both = next(iter(folders & files.keys()), None)
    if both is not None:
        raise Invalid(f"the crate has {files[both][:80]!a}, on some systems also the name of a folder; rename one")
    return content, frozenset(files)


def _folded(path: str) -> str:
    """What a path is where fewer differences count than in an archive.

    Case and composition do not on macOS; neither do case, closing dots and blanks, and what follows a colon on Windows.
    """
    return "/".join(part.partition(":")[0].rstrip(". ") for part in folded(path).split("/"))


def _add_folder(folders: set[bytes], folder: str) -> None:
    while folder and (kept := digest_of(folder)) not in folders:
        folders.add(kept)
        folder = folder.rpartition("/")[0]


def _check_member(member: Member, folder: str, path: str, top: str) -> None:
    if folder != top:
        raise Invalid(f"the crate has {member.name[:80]!a} outside of its folder {top[:80]!a}; use `cargo package`")
    if member.kind not in ("file", "directory"):
        raise Invalid(f"the crate has {path[:80]!a}, a link or device; crates hold plain files only")
    if not path and member.kind != "directory":
        raise Invalid(f"the crate has a file in place of its folder {top[:80]!a}; use `cargo package`")


def _check_path(path: str, folded: str) -> None:
    if folded == _MANIFEST.lower() and path != _MANIFEST:
        raise Invalid(f"the crate has {path[:80]!a}; its manifest must be spelled Cargo.toml")
    if folded == _UNPACKED_MARK:
        raise Invalid(f"the crate has {path[:80]!a}, with which cargo marks what it has unpacked; remove it")


def _read(member: Member) -> bytes:
    if member.size > MAX_BYTES:
        raise TooLarge(f"Cargo.toml in the crate has {member.size} bytes; at most {MAX_BYTES} are read")
    return member.read()


def _checked(name: str, version: str) -> tuple[str, str]:
    try:
        names.canonical(name)
    except InvalidName as error:
        raise Invalid(f"Cargo.toml in the crate: {error}") from None
    if not versions.is_version(version):
        raise Invalid(f"Cargo.toml in the crate states the version {version[:80]!a}, which is none that cargo reads")
    return name, version


def _execution_points(document: dict[str, Any], paths: frozenset[bytes]) -> tuple[str, ...]:
    """Where code of the crate runs while others only build: its build script, or all of it as a macro.

    Source: The Cargo Book, "The build field" (build.rs counts unless `build = false`) and "Procedural macros";
    a `crate-type` of proc-macro makes one, too.
    """
    build = document["package"].get("build")
    found = set()
    if (isinstance(build, str | list) and build) or build is True or (build is None and digest_of("build.rs") in paths):
        found.add("build.rs")
    if _is_macro(document.get("lib")):
        found.add("proc-macro")
    return tuple(sorted(found))


def _is_macro(library: Any) -> bool:
    if not isinstance(library, dict):
        return False
    types = (library.get("crate-type"), library.get("crate_type"))
    stated = library.get("proc-macro") is True or library.get("proc_macro") is True
    return stated or any("proc-macro" in one for one in types if isinstance(one, list))
