"""Facts as plain JSON values, always the same for the same facts, without floats."""

from __future__ import annotations

from collections.abc import Mapping, Set
from enum import Enum
from typing import Any

import msgspec

from pratique.core.decisions import Action
from pratique.core.facts import Absent
from pratique.core.ranges import VersionRange

_PLAIN = frozenset({type(None), bool, int, str})
"""Exactly these types: an enum is an int or a str too, and is written as its word."""


def canonical(value: Any) -> Any:
    """The value as JSON values: structs become objects, sets sorted lists, ranges their text."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Action):
        return value.word
    if isinstance(value, Enum):
        return canonical(value.value)
    if isinstance(value, VersionRange):
        return str(value)
    return _compound(value)


def _compound(value: Any) -> Any:
    if isinstance(value, Absent):
        return {"absent": value.why}
    if isinstance(value, msgspec.Struct):
        return {field: canonical(getattr(value, field)) for field in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, Set):
        return sorted((canonical(item) for item in value), key=repr)
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    return str(value)


def without_excuses(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same, but an absent fact is only absent: its reason may tell times and must not move an id."""
    return {name: {"absent": True} if _is_absence(value) else value for name, value in facts.items()}


def _is_absence(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"absent"}
