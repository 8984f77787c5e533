"""What a crate must be to be published now; of what others list and we fetch nobody asks it.

cargo drops a line of an index that breaks one of these rules, and says of the crate that it has no such version.
Source: The Cargo Book, "Features", "The rust-version field", "Registry Index".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pratique.core.artifacts import Manifest
from pratique.core.errors import Invalid
from pratique.ecosystems.cargo.features import is_feature_name, wrong_features
from pratique.ecosystems.cargo.platforms import is_platform
from pratique.ecosystems.cargo.registries import is_index_address

_NUMBER = r"(?:0|[1-9][0-9]{0,8})"
_RUST_VERSION = re.compile(rf"{_NUMBER}(?:\.{_NUMBER}){{0,2}}\Z")


def check_release(manifest: Manifest) -> None:
    """Refuse a crate whose line in an index no cargo could read.

    Raises:
        Invalid: the first thing that speaks against it.
    """
    for objection in _objections(manifest.fields["index"]):
        raise Invalid(f"Cargo.toml in the crate: {objection}")


def _objections(index: dict[str, Any]) -> Iterator[str]:
    rust = index.get("rust_version")
    if rust is not None and not _RUST_VERSION.match(rust):
        yield f"`rust-version` is {rust[:64]!a}; it takes a version of Rust such as 1.70 or 1.70.1"
    for one in index["deps"]:
        yield from _of_dependency(one)
    yield from wrong_features({**index["features"], **index.get("features2", {})}, index["deps"])


def _of_dependency(stated: dict[str, Any]) -> Iterator[str]:
    alias = ascii(stated["name"][:64])
    registry, target = stated["registry"], stated["target"]
    if registry is not None and not is_index_address(registry):
        yield (
            f"the dependency {alias} has the `registry-index` {registry[:100]!a}; it takes the address of an index, "
            "sparse+https://... or https://..."
        )
    if target is not None and not is_platform(target):
        yield f"the dependency {alias} is for the `target` {target[:100]!a}; it takes a platform's name or cfg(...)"
    for feature in stated["features"]:
        if not is_feature_name(feature):
            yield f"the dependency {alias} asks in its `features` for {feature[:64]!a}, which names no feature"
