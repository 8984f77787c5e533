"""A field in which an index says something else of a file than the file does, in words that are safe to show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

SHOWN = 80
"""Characters of each value in a sentence."""

KEPT = 500
"""Characters of each value that are kept beside it."""

NOTHING = "nothing"


class Difference(msgspec.Struct, frozen=True):
    """What both say, as printable ASCII of at most `KEPT` characters; `nothing` for what is not stated."""

    field: str
    listed: str
    found: str

    def __str__(self) -> str:
        """`os (index: ["linux"], file: nothing)`, the form of every sentence."""
        return f"{self.field} (index: {_cut(self.listed, SHOWN)}, file: {_cut(self.found, SHOWN)})"


def difference(field: str, listed: Any, found: Any) -> Difference:
    """The field with both values; of two mappings only the entries that differ.

    Args:
        field: its name in the index.
        listed: the index's value, of whatever JSON kind.
        found: the file's.
    """
    if isinstance(listed, Mapping) and isinstance(found, Mapping):
        listed, found = _entries_beside(listed, found), _entries_beside(found, listed)
    return Difference(field, _told(listed), _told(found))


def _entries_beside(mine: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in mine.items() if name not in others or others[name] != value}


def _told(value: Any) -> str:
    """JSON in ASCII: what stands in it is attackers' text, and escapes keep apart what looks alike."""
    return _cut(json.dumps(value, sort_keys=True), KEPT) if value or value in (0, False) else NOTHING


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."
