"""Which places of a package-lock.json come inside the archive of the package around them; the others npm fetches.

`inBundle` is only what a lockfile says. npm goes by what packages bundle by name, and by what those need and find
beside themselves. What a folder of the project bundles its manifest on disk says, so nothing is believed of those.
Source: npm's documentation of bundleDependencies; measured with npm 11.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

MODULES = "/node_modules/"
_BUNDLING = ("bundleDependencies", "bundledDependencies")
_NEEDING = ("dependencies", "optionalDependencies")
_DEEPEST = 64


def is_installed(place: str) -> bool:
    """Whether a package lies there, and no folder of the project's own."""
    return MODULES in f"/{place}"


def brought_along(entries: Mapping[str, dict[str, Any]]) -> frozenset[str]:
    """The places of what is brought along by the outermost package that bundles."""
    brought: set[str] = set()
    shelves = _Shelves(entries)
    bundlers = [place for place, entry in entries.items() if is_installed(place) and any(map(entry.get, _BUNDLING))]
    for bundler in sorted(bundlers, key=_depth):
        if bundler in brought or _depth(bundler) > _DEEPEST:
            continue
        found = [place for name in _bundles(entries[bundler]) if (place := f"{bundler}{MODULES}{name}") in entries]
        while found:
            place = found.pop()
            if place not in brought and _depth(place) <= _DEEPEST:
                brought.add(place)
                found += shelves.inside(place)
                found += shelves.beside(bundler, place, _needs(entries[place]))
    return frozenset(brought)


class _Shelves:
    """What lies in which `node_modules`. npm finds a name there in any case, and however its letters are composed."""

    def __init__(self, entries: Mapping[str, dict[str, Any]]) -> None:
        self._found: dict[str, dict[str, str | None]] = {}
        for place in entries:
            around, _, name = place.rpartition(MODULES)
            shelf = self._found.setdefault(around, {})
            # Of two that are one for npm, neither is known to be the one that stays.
            shelf[_plain(name)] = None if _plain(name) in shelf else place

    def inside(self, place: str) -> Iterator[str]:
        """What lies below a package itself."""
        yield from filter(None, self._found.get(place, {}).values())

    def beside(self, bundler: str, place: str, needs: Iterator[str]) -> Iterator[str]:
        """What a bundled package finds directly below its bundler, and nowhere nearer."""
        way = [place]
        while (around := way[-1].rpartition(MODULES)[0]) != bundler:
            way.append(around)
        nearer = [self._found[around] for around in way if around in self._found]
        for name in map(_plain, needs):
            here = self._found[bundler].get(name)
            if here is not None and not any(name in shelf for shelf in nearer):
                yield here


def _bundles(entry: dict[str, Any]) -> Iterator[str]:
    """The names that a package bundles; all that it needs if it says so by `true`, none if it says no list."""
    said = next(entry[field] for field in _BUNDLING if field in entry)
    if said is True:
        yield from _needs(entry)
    elif isinstance(said, list):
        yield from (name for name in said if isinstance(name, str))


def _needs(entry: dict[str, Any]) -> Iterator[str]:
    for field in _NEEDING:
        if isinstance(entry.get(field), dict):
            yield from entry[field]


def _depth(place: str) -> int:
    return place.count(MODULES)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name).lower()
