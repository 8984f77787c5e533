"""Read Cargo.toml as it stands in a crate: the one truth about name, version, dependencies and features.

Cargo writes this file anew when it packages, so whatever it would have resolved there (workspaces, paths,
git) must be resolved here. Source: The Cargo Book, "The Manifest Format" and "Registry Index".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pratique.core.errors import Invalid, InvalidName
from pratique.ecosystems.cargo import names
from pratique.ecosystems.cargo.requirements import normal_requirement
from pratique.formats.toml import read_toml

PUBLIC_INDEX = "https://github.com/rust-lang/crates.io-index"
"""How every index names the public registry of Rust, also those that replace it."""

MAX_BYTES = 256 << 10
"""Parsing the worst document of this length takes two seconds; real ones stay below half of it."""

_KINDS = (("dependencies", "normal"), ("dev-dependencies", "dev"), ("build-dependencies", "build"))
_ELSEWHERE = ("path", "git", "workspace", "registry")
"""Where only the author's own machine finds a dependency; cargo replaces each when it packages."""

_ALIAS = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}\Z")
_DESCRIPTION_FIELDS = (
    "authors",
    "categories",
    "description",
    "documentation",
    "homepage",
    "keywords",
    "license",
    "license-file",
    "readme",
    "repository",
)


def read_cargo_toml(content: bytes) -> dict[str, Any]:
    """The file as a mapping with a `package` table.

    Raises:
        Invalid: no TOML, or without name and version of a package.
        TooLarge: over `MAX_BYTES`.
    """
    document = read_toml(content, "Cargo.toml in the crate", MAX_BYTES)
    package = document.get("package")
    if not isinstance(package, dict):
        raise Invalid("Cargo.toml in the crate has no [package]; build the crate with `cargo package`")
    for field in ("name", "version"):
        if not isinstance(package.get(field), str):
            raise Invalid(f"Cargo.toml in the crate states no `{field}`; build the crate with `cargo package`")
    return document


def index_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    """What an index line says of the release, without name, version and checksum.

    Raises:
        Invalid: a dependency or feature has no form that a resolver could use.
    """
    package = document["package"]
    plain, extended = _features(document)
    fields: dict[str, Any] = {"deps": list(dependencies(document)), "features": plain}
    if extended:
        fields |= {"features2": extended, "v": 2}
    for field, stated in (("links", package.get("links")), ("rust_version", package.get("rust-version"))):
        if isinstance(stated, str) and stated:
            fields[field] = stated
    return fields


def description_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    """What describes the crate to people."""
    package = document["package"]
    return {field: package[field] for field in _DESCRIPTION_FIELDS if _is_text(package.get(field))}


def _is_text(stated: Any) -> bool:
    return isinstance(stated, str) or (isinstance(stated, list) and all(isinstance(one, str) for one in stated))


def dependencies(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every dependency in index form; `registry` is the stated index, None for the public one.

    Raises:
        Invalid: one has no version requirement, or names its registry by a word of the author's own settings.
    """
    yield from _of_tables(document, None)
    targets = _table(document, "target")
    for target in sorted(targets):
        yield from _of_tables(_table(targets, target), target)


def _of_tables(tables: Mapping[str, Any], target: str | None) -> Iterator[dict[str, Any]]:
    for table, kind in _KINDS:
        stated = _table(tables, table) or _table(tables, table.replace("-", "_"))
        for alias in sorted(stated):
            yield _dependency(alias, stated[alias], kind, target)


def _dependency(alias: str, stated: Any, kind: str, target: str | None) -> dict[str, Any]:
    said = {"version": stated} if isinstance(stated, str) else stated
    if not isinstance(said, Mapping) or not isinstance(said.get("version"), str):
        raise _bad(alias, "has no version; a published crate must say which one it needs")
    elsewhere = next((field for field in _ELSEWHERE if field in said), None)
    if elsewhere is not None:
        raise _bad(alias, f"is found by `{elsewhere}`, which says nothing to others; build with `cargo package`")
    features, real, index = said.get("features", []), said.get("package"), said.get("registry-index")
    if not isinstance(features, list) or not all(isinstance(one, str) for one in features):
        raise _bad(alias, "has `features` that are no list of names")
    if not isinstance(real, str | None) or not isinstance(index, str | None):
        raise _bad(alias, "has a `package` or `registry-index` that is no text")
    _check_dependency_name(alias, real)
    return {
        "name": alias,
        "req": _requirement(alias, said["version"]),
        "features": features,
        "optional": said.get("optional") is True,
        "default_features": said.get("default-features", said.get("default_features")) is not False,
        "target": target,
        "kind": kind,
        "registry": None if index == PUBLIC_INDEX else index,
        "package": real,
    }


def _check_dependency_name(alias: str, real: str | None) -> None:
    try:
        names.canonical(alias if real is None else real)
    except InvalidName as error:
        raise _bad(alias, f"is on no crate: {error}") from None
    if not _ALIAS.match(alias):
        raise _bad(alias, "has a name that Rust code cannot use: a letter first, then letters, digits, `-`, `_`")


def _requirement(alias: str, text: str) -> str:
    try:
        return normal_requirement(text)
    except ValueError:
        raise _bad(alias, f"asks for the version {text[:64]!a}, which cargo does not read") from None


def _bad(alias: str, why: str) -> Invalid:
    return Invalid(f"Cargo.toml in the crate: the dependency {alias[:64]!a} {why}")


def _features(document: Mapping[str, Any]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Features that every cargo reads, and those with the syntax of 1.60 (`dep:x`, `x?/y`), which go apart."""
    plain: dict[str, list[str]] = {}
    extended: dict[str, list[str]] = {}
    for name, enabled in sorted(_table(document, "features").items()):
        if not isinstance(enabled, list) or not all(isinstance(one, str) for one in enabled):
            raise Invalid(f"the feature {name[:64]!a} is no list of names")
        newer = any(one.startswith("dep:") or "?/" in one for one in enabled)
        (extended if newer else plain)[name] = enabled
    return plain, extended


def _table(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tables.get(name, {})
    if not isinstance(found, Mapping):
        raise Invalid(f"`{name[:64]}` in Cargo.toml is no table; build the crate with `cargo package`")
    return found
