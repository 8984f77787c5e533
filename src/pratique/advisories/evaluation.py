"""Whether an advisory is about a version. What cannot be told counts as affected.

All functions take the stored text of `advisories.affected`; reading it is remembered.

Source: the OSV schema, "Evaluation".
"""

from __future__ import annotations

import functools
from collections.abc import Container
from typing import Any

import msgspec

from pratique.advisories.affected import Event, unpack
from pratique.core.ranges import VersionKey

_RANK_OF_EVENT = {"limit": 0, "fixed": 1, "last_affected": 2, "introduced": 3}
"""Order of events at one version: what begins there wins over what ends there."""


class Bound(msgspec.Struct, frozen=True):
    """An event with its version, and the version's key; None for the start of everything."""

    kind: str
    version: str
    key: Any


class Readable(msgspec.Struct, frozen=True):
    """A range whose versions the order could read, sorted.

    Attributes:
        bounds: all events but limits.
        limit: the highest one, beyond which nothing is affected; None where none was set.
    """

    bounds: tuple[Bound, ...]
    limit: Bound | None

    def contains(self, mine: Any) -> bool:
        """Walk the events as the schema says."""
        if self.limit is not None and not mine < self.limit.key:
            return False
        inside = False
        for bound in self.bounds:
            if bound.kind == "introduced":
                inside = inside or bound.key is None or mine >= bound.key
            elif bound.kind == "fixed":
                inside = inside and not mine >= bound.key
            else:
                inside = inside and not mine > bound.key
        return inside


class Prepared(msgspec.Struct, frozen=True):
    """Affected versions with their keys worked out.

    Attributes:
        literal: versions as spelled.
        keys: of those that the order can read.
        ranges: readable ones.
        unreadable: a range has a bound that the order cannot read, so it may contain anything.
    """

    literal: frozenset[str]
    keys: Container[Any]
    ranges: tuple[Readable, ...]
    unreadable: bool


def affects(affected: str, version: str, version_key: VersionKey) -> bool:
    """Whether a version is affected.

    A version that the order cannot read is affected by any range, and by a list only if it is spelled
    there alike. A record that lists nothing at all is about every version.
    """
    if covers_every_version(affected):
        return True
    prepared = prepare(affected, version_key)
    if version in prepared.literal or prepared.unreadable:
        return True
    try:
        mine = version_key(version)
    except ValueError:
        return bool(prepared.ranges)
    return mine in prepared.keys or any(one.contains(mine) for one in prepared.ranges)


def covers_every_version(affected: str) -> bool:
    """Whether all versions, past and future, are affected, whatever their order."""
    known = unpack(affected)
    if not known.versions and not known.ranges:
        return True
    return any({kind for kind, _ in events} == {"introduced"} and _from_start(events) for events in known.ranges)


def fixed_versions(affected: str) -> tuple[str, ...]:
    """Versions literally named as fixes."""
    found = (version for events in unpack(affected).ranges for kind, version in events if kind == "fixed")
    return tuple(dict.fromkeys(found))


def is_fixed_in(affected: str, version: str, version_key: VersionKey) -> bool:
    """Whether a version is one of those named as fixes, in whatever spelling: `1.0.1` is also `1.0.1.0` where the
    order says so. What the order cannot read is a fix only if it is named alike.
    """
    literal, keys = _fixes(affected, version_key)
    if version in literal or not literal:
        return version in literal
    try:
        return version_key(version) in keys
    except ValueError:
        return False


@functools.lru_cache(maxsize=1024)
def _fixes(affected: str, version_key: VersionKey) -> tuple[frozenset[str], Container[Any]]:
    """Fixes as spelled, and the keys of those that the order can read."""
    named = fixed_versions(affected)
    return frozenset(named), _keys(named, version_key)


@functools.lru_cache(maxsize=1024)
def prepare(affected: str, version_key: VersionKey) -> Prepared:
    """The keys of everything that the text names."""
    known = unpack(affected)
    ranges, unreadable = [], False
    for events in known.ranges:
        try:
            ranges.append(_readable(events, version_key))
        except ValueError:
            unreadable = True
    return Prepared(frozenset(known.versions), _keys(known.versions, version_key), tuple(ranges), unreadable)


def _readable(events: tuple[Event, ...], version_key: VersionKey) -> Readable:
    bounds = [Bound(kind, version, _key(kind, version, version_key)) for kind, version in events if kind != "limit"]
    start = [bound for bound in bounds if bound.key is None]
    rest = sorted((one for one in bounds if one.key is not None), key=lambda one: (one.key, _RANK_OF_EVENT[one.kind]))
    limits = [version for kind, version in events if kind == "limit"]
    ends = [] if "*" in limits else [Bound("limit", version, version_key(version)) for version in limits]
    return Readable((*start, *rest), max(ends, key=lambda one: one.key, default=None))


def _key(kind: str, version: str, version_key: VersionKey) -> Any:
    return None if kind == "introduced" and version == "0" else version_key(version)


def _keys(versions: tuple[str, ...], version_key: VersionKey) -> Container[Any]:
    found = []
    for version in versions:
        try:
            found.append(version_key(version))
        except ValueError:
            continue
    try:
        return frozenset(found)
    except TypeError:
        return tuple(found)


def _from_start(events: tuple[Event, ...]) -> bool:
    return ("introduced", "0") in events
