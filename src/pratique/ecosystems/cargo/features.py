"""The features of a crate: their names, and what each of them turns on.

Source: The Cargo Book, "Features" (the [features] section, optional dependencies, dependency features); cargo 1.95
reads an index by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_BESIDES_LETTERS = str.maketrans("", "", "-+.")


def is_feature_name(text: str) -> bool:
    """A letter, digit or `_`, then letters, digits, `_`, `-`, `+`, `.`; letters of any script."""
    first = text[:1]
    starts = first.isidentifier() or (first.isascii() and first.isdigit())
    return starts and ("_" + text.translate(_BESIDES_LETTERS)).isidentifier()


def wrong_features(features: Mapping[str, Sequence[str]], dependencies: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Why cargo would not read the features, a sentence each.

    Args:
        features: what each turns on: other features, `dep:name`, `name/feature`, `name?/feature`.
        dependencies: as an index lists them.
    """
    optional: dict[str, bool] = {}
    for one in dependencies:
        optional[one["name"]] = optional.get(one["name"], False) or one["optional"]
    turned_on = {each for enabled in features.values() for each in enabled}
    for name, enabled in features.items():
        if not is_feature_name(name):
            yield f"the feature {name[:64]!a} is no name: letters, digits, `_`, then also `-`, `+` and `.`"
        for each in enabled:
            if (why := _wrong(each, features, optional, turned_on)) is not None:
                yield f"the feature {name[:64]!a} has {each[:64]!a}, {why}"
    used = set(map(_dependency_of, turned_on))
    for alias in optional:
        if optional[alias] and alias in features and alias not in used:
            yield f"the optional dependency {alias!a} has the name of a feature, and none has `dep:{alias}`"


def _wrong(
    each: str, features: Mapping[str, Sequence[str]], optional: Mapping[str, bool], turned_on: set[str]
) -> str | None:
    """What speaks against one thing that a feature turns on."""
    alias, slash, feature = each.partition("/")
    if slash:
        return _wrong_of_dependency(alias, feature, optional)
    if each.startswith("dep:"):
        return None if optional.get(each.removeprefix("dep:")) else "which is no optional dependency"
    if each in features:
        return None
    if not optional.get(each):
        return "which is neither a feature nor an optional dependency"
    return f"an optional dependency that is no feature: write `dep:{each}`" if f"dep:{each}" in turned_on else None


def _wrong_of_dependency(alias: str, feature: str, optional: Mapping[str, bool]) -> str | None:
    name = alias.removesuffix("?")
    if name not in optional:
        return "which is a feature of no dependency"
    if name != alias and not optional[name]:
        return "but `?` is for optional dependencies"
    return None if is_feature_name(feature) else "which names no feature of the dependency"


def _dependency_of(each: str) -> str:
    """The dependency that something turned on is of, an empty word if it is a feature of this crate."""
    alias, slash, _ = each.partition("/")
    return alias.removesuffix("?") if slash else each[4:] if each.startswith("dep:") else ""
