"""What each ecosystem's reader of execution points gives, and the small parts that all of them share."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from pratique.core.errors import Invalid, TooLarge
from pratique.formats.file_kind import FileKind
from pratique.formats.toml import read_toml
from pratique.scan.findings import ExecutionPoint
from pratique.scan.points.commands import run_by
from pratique.scan.seen import Dependency, Hook

Read = Callable[[str], bytes | None]
"""The content of a file by its path; None if it is not to be had."""

Expect = Callable[[Collection[str]], None]
"""Is told which files are about to be read, so that they can be had together."""

MAX_MANIFEST = 2 << 20
"""Bytes of a manifest that are read."""

UNREADABLE = "unreadable"
"""The key that a manifest has alone when it cannot be read."""

_ORDER = tuple(ExecutionPoint)


@dataclass
class Package:
    """What one ecosystem's files say; filled while they are read.

    Attributes: as of `execution_points.Plan`; `points` holds only where execution begins, `kinds` as what files run
        whose names do not tell it.
    """

    name: str = ""
    version: str = ""
    manifest: dict[str, Any] = field(default_factory=dict)
    hooks: list[Hook] = field(default_factory=list)
    dependencies: list[Dependency] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    points: dict[str, ExecutionPoint] = field(default_factory=dict)
    kinds: dict[str, FileKind] = field(default_factory=dict)

    def runs(self, path: str, point: ExecutionPoint, kind: FileKind | None = None) -> None:
        """Take note that a file runs, and as what if that is known; of two points the earlier one counts."""
        self.points[path] = earlier(point, self.points.get(path, ExecutionPoint.NONE))
        if kind is not None:
            self.kinds[path] = kind

    def runs_command(
        self, name: str, point: ExecutionPoint, command: str, paths: Collection[str], at: str = ""
    ) -> None:
        """Take note of a hook that is a command, and of the files that it runs; `at` is the folder where it runs."""
        files = list(run_by(command, paths, at))
        self.hooks.append(Hook(name, point, command, files[0][0] if files else ""))
        for path, kind in files:
            self.runs(path, point, kind)

    def hooks_in(self, name: str, point: ExecutionPoint, path: str) -> None:
        """Take note of a file that is a hook itself."""
        self.hooks.append(Hook(name, point, file=path))
        self.runs(path, point)


def earlier(one: ExecutionPoint, other: ExecutionPoint) -> ExecutionPoint:
    """The point at which code runs first."""
    return min(one, other, key=_ORDER.index)


def texts(value: Any) -> list[str]:
    """The texts in a value that should be a text or a list of them."""
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one; its keys as texts."""
    return {str(key): one for key, one in value.items()} if isinstance(value, dict) else {}


def json_manifest(content: bytes | None) -> dict[str, Any]:
    """A JSON manifest as plain values; one that cannot be read says so."""
    if content is None:
        return {}
    try:
        found = json.loads(content[:MAX_MANIFEST].decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return {UNREADABLE: True}
    return mapping(found) if isinstance(found, dict) else {UNREADABLE: True}


def toml_manifest(content: bytes | None) -> dict[str, Any]:
    """A TOML manifest as plain values; one that cannot be read says so."""
    if content is None:
        return {}
    try:
        return read_toml(content, "the manifest", MAX_MANIFEST)
    except (Invalid, TooLarge, ValueError, RecursionError):
        return {UNREADABLE: True}
