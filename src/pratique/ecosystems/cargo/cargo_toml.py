"""Read Cargo.toml as it stands in a crate: the one truth about name, version, dependencies and features.

Cargo writes this file anew when it packages, so whatever it would have resolved there (workspaces, paths,
git) must be resolved here. Source: The Cargo Book, "The Manifest Format" and "Registry Index".
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from pratique.core.errors import Invalid
from pratique.ecosystems.cargo.requirements import normal_requirement

PUBLIC_INDEX = "https://github.com/rust-lang/crates.io-index"
"""How every index names the public registry of Rust, also those that replace it."""

_KINDS = (("dependencies", "normal"), ("dev-dependencies", "dev"), ("build-dependencies", "build"))
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
    """
    try:
        document = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(f"Cargo.toml in the crate is no readable TOML: {' '.join(str(error).split())[:200]}") from None
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
    return {field: package[field] for field in _DESCRIPTION_FIELDS if isinstance(package.get(field), str | list)}


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
        raise Invalid(f"the dependency {alias[:64]!a} has no version; a published crate must say which one it needs")
    if "registry" in said:
        raise Invalid(f"the dependency {alias[:64]!a} names its registry by a word; build with `cargo package`")
    features = said.get("features", [])
    real = said.get("package")
    index = said.get("registry-index")
    if not isinstance(features, list) or not all(isinstance(one, str) for one in features):
        raise Invalid(f"the features of the dependency {alias[:64]!a} are no list of names")
    if (real is not None and not isinstance(real, str)) or (index is not None and not isinstance(index, str)):
        raise Invalid(f"the dependency {alias[:64]!a} has a `package` or `registry-index` that is no text")
    return {
        "name": alias,
        "req": normal_requirement(said["version"]),
        "features": features,
        "optional": said.get("optional") is True,
        "default_features": said.get("default-features", said.get("default_features")) is not False,
        "target": target,
        "kind": kind,
        "registry": index,
        "package": real,
    }


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
