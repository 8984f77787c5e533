"""Tell a server of our own kind in front which versions are hidden: never offered, and served to whoever pinned them.

A packument has no word for that, and a version left out of it would be one that does not exist: the server in
front could not serve the pin. So the full form carries hidden versions in a field that no client reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pratique.core.artifacts import FileView
from pratique.core.clock import to_iso

HIDDEN = "_hidden"
"""Packument field `{versions, time}`, both as in the packument itself; and the mark on an entry read from it."""


def hidden_part(files: Sequence[FileView], write: Callable[[FileView], dict[str, Any]]) -> dict[str, Any]:
    """The field for these files, each with the entry that `write` makes of it; without any there is no field."""
    if not files:
        return {}
    times = {file.version: to_iso(file.published) for file in files if file.published is not None}
    return {HIDDEN: {"versions": {file.version: write(file) for file in files}, "time": times}}


def read_hidden(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Entries by version, each marked, and publish times, as far as an upstream states the field in its form."""
    part = _object(document, HIDDEN)
    return {version: _marked(entry) for version, entry in _object(part, "versions").items()}, _object(part, "time")


def unmarked(entry: Any) -> Any:
    """An entry of `versions` without the mark: it is a package.json, and what stands there is its author's word."""
    if not isinstance(entry, dict) or HIDDEN not in entry:
        return entry
    return {field: value for field, value in entry.items() if field != HIDDEN}


def is_hidden(entry: Mapping[str, Any]) -> bool:
    """Whether the upstream hides the version of this entry."""
    return bool(entry.get(HIDDEN))


def _object(container: Mapping[str, Any], field: str) -> dict[str, Any]:
    value = container.get(field)
    return value if isinstance(value, dict) else {}


def _marked(entry: Any) -> Any:
    """What is no entry stays what it is, and is dropped by whoever reads it."""
    return {**entry, HIDDEN: True} if isinstance(entry, dict) else entry
