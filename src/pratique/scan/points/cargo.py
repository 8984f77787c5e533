"""Where code of a crate runs. Source: The Cargo Book, "Build Scripts" and "The Manifest Format"."""

from __future__ import annotations

import posixpath
from collections.abc import Collection

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.points.contract import Package, Read, mapping, texts, toml_manifest
from pratique.scan.seen import Dependency

_GROUPS = {"dependencies": "run", "build-dependencies": "build", "dev-dependencies": "dev"}


def read_package(paths: Collection[str], read: Read) -> Package:
    """What a crate has run while it is compiled: its build script, and all of it if it is a procedural macro."""
    manifest = toml_manifest(read("Cargo.toml")) if "Cargo.toml" in paths else {}
    about = mapping(manifest.get("package"))
    package = Package(str(about.get("name", "")), str(about.get("version", "")), manifest)
    script = _script(about.get("build", True))
    if script in paths:
        package.hooks_in("build.rs", ExecutionPoint.BUILD, script)
        package.kinds[script] = FileKind.RUST
    library = mapping(manifest.get("lib"))
    root = posixpath.normpath(str(library.get("path", "src/lib.rs")))
    if library.get("proc-macro") is True or library.get("proc_macro") is True:
        package.hooks_in("proc-macro", ExecutionPoint.BUILD, root)
        for path in paths:
            if path == root or (path.endswith(".rs") and path.startswith((f"{posixpath.dirname(root)}/", "src/"))):
                package.runs(path, ExecutionPoint.BUILD)
    for path in (".cargo/config.toml", ".cargo/config"):
        if path in paths:
            package.hooks_in(path, ExecutionPoint.BUILD, path)
    for table in [manifest, *mapping(manifest.get("target")).values()]:
        _depend(package, mapping(table))
    package.people |= set(texts(about.get("authors")))
    return package


def _script(said: object) -> str:
    """The path of the build script; `true` is the usual one, `false` is none."""
    if said is True:
        return "build.rs"
    return posixpath.normpath(said.replace("\\", "/")) if isinstance(said, str) else ""


def _depend(package: Package, table: dict[str, object]) -> None:
    for key, group in _GROUPS.items():
        for name, wanted in mapping(table.get(key)).items():
            if isinstance(wanted, dict):
                place = next((f"{one}:{wanted[one]}" for one in ("git", "path", "registry-index") if one in wanted), "")
                package.dependencies.append(Dependency(name, place or str(wanted.get("version", "")), group))
            else:
                package.dependencies.append(Dependency(name, str(wanted), group))
