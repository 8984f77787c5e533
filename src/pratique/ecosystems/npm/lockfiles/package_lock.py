"""npm's package-lock.json and npm-shrinkwrap.json, in their forms 1, 2 and 3.

npm puts the configured registry in the place of the npm registry's address, and of no other (setting
`replace-registry-host`). Source: npm's documentation of package-lock.json and of that setting; measured with npm 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from pratique.core.errors import Invalid, TooLarge
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.npm.lockfiles.pins import MAX_BYTES, kind_of, pin, tables, unalias
from pratique.ecosystems.npm.lockfiles.places import CONFIGURED, is_replaced
from pratique.formats.lock_entries import Apart, lockfile, set_apart, text
from pratique.formats.web_addresses import is_meant_for_web, read_address

WHAT = "package-lock.json"
MEND = "rm -rf node_modules package-lock.json npm-shrinkwrap.json && npm install"
_MODULES = "/node_modules/"
_ASKING = ("dependencies", "optionalDependencies", "peerDependencies")
_BUNDLING = ("bundleDependencies", "bundledDependencies")
_DEEPEST = 64


def read(content: bytes) -> Lockfile:
    """What it pins. Raises Invalid, TooLarge."""
    if len(content) > MAX_BYTES:
        raise TooLarge(f"the {WHAT} has {len(content)} bytes; at most {MAX_BYTES} are read")
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"the {WHAT} is no readable JSON: {error.msg}") from None
    if not isinstance(document, dict):
        raise Invalid(f"this is no {WHAT}: it is no JSON object")
    if "packages" in document:
        return lockfile(_packages(document["packages"]), MEND)
    if "dependencies" not in document and "lockfileVersion" not in document:
        raise Invalid(f"this is no {WHAT}: it has neither `packages` nor `dependencies` nor `lockfileVersion`")
    return lockfile(_dependencies(document.get("dependencies", {}), _DEEPEST), MEND)


def _packages(found: Any) -> Iterator[LockedFile | Apart]:
    """Forms 2 and 3: one entry for each folder. A link and the folder that it leads to are one thing."""
    entries = dict(tables(WHAT, found, "packages"))
    targets = {text(WHAT, entry, "resolved") for entry in entries.values() if entry.get("link")}
    linked = {place for place in targets if not _is_installed(place)}
    bundles = _Bundles(entries)
    for place, entry in entries.items():
        if place and place not in linked:
            yield _package(place, entry, in_bundle=bool(entry.get("inBundle")) and bundles.holds(place))


class _Bundles:
    """Which packages are brought along by the one around them, as npm works it out; the others it fetches."""

    def __init__(self, entries: dict[str, dict[str, Any]]) -> None:
        self._entries = entries
        said = {
            place: next((one[field] for field in _BUNDLING if field in one), None) for place, one in entries.items()
        }
        self._whole = {place for place, names in said.items() if names is True}
        self._named = {
            place: frozenset(name for name in names if isinstance(name, str))
            for place, names in said.items()
            if isinstance(names, list)
        }

    def holds(self, place: str) -> bool:
        """Whether what lies at a place came with what lies around it. What the project itself bundles is fetched."""
        parts = place.split(_MODULES)
        if not 1 < len(parts) <= _DEEPEST:
            return False
        around = _MODULES.join(parts[:-1])
        package = self._entries.get(around, {})
        return (bool(package.get("inBundle")) and self.holds(around)) or self._brings(around, package, parts[-1])

    def _brings(self, place: str, package: dict[str, Any], name: str) -> bool:
        """By name, or because something that is bundled needs it and the package itself does not."""
        named = self._named.get(place, frozenset())
        is_asked_for = any(name in package[field] for field in _ASKING if isinstance(package.get(field), dict))
        return place in self._whole or name in named or (bool(named) and not is_asked_for)


def _package(place: str, entry: dict[str, Any], *, in_bundle: bool) -> LockedFile | Apart:
    is_folder = not _is_installed(place)
    folder = f"/{place}".rpartition("/" if is_folder else _MODULES)[2]
    name = text(WHAT, entry, "name") or folder
    resolved = text(WHAT, entry, "resolved")
    if is_folder or entry.get("link"):
        return set_apart(name, "folder", resolved)
    version = entry.get("version")
    if not resolved and isinstance(version, str):
        name, version = unalias(name, version)  # npm takes what stands here for what to fetch
        if ":" in version or "/" in version:
            return set_apart(folder, kind_of(version), version)
    if in_bundle and not resolved:
        return set_apart(name, "inside another package")
    if resolved and read_address(resolved) is None:
        return set_apart(folder, kind_of(resolved), resolved)
    return pin(WHAT, name, version, integrity=entry.get("integrity"), source=_source(resolved))


def _is_installed(place: str) -> bool:
    """Whether a package lies there, and no folder of the project's own."""
    return _MODULES in f"/{place}"


def _dependencies(found: Any, depth: int) -> Iterator[LockedFile | Apart]:
    """Form 1: a tree; what is no registry's has its address in the place of a version."""
    if depth == 0:
        raise Invalid(f"the {WHAT} is nested too deeply")
    for alias, entry in tables(WHAT, found, "dependencies"):
        said = text(WHAT, entry, "version")
        name, version = unalias(alias, said)
        resolved = text(WHAT, entry, "resolved")
        if ":" in version or "/" in version:
            # Where both stand, npm takes the second; it is told of both.
            yield set_apart(alias, kind_of(resolved if is_meant_for_web(resolved) else version), version, resolved)
        else:  # also what is said to be bundled: nothing here tells who would bring it along, and npm may fetch it
            yield pin(WHAT, name, version, integrity=entry.get("integrity"), source=_source(resolved))
        if "dependencies" in entry:
            yield from _dependencies(entry["dependencies"], depth - 1)


def _source(resolved: str) -> str:
    address = read_address(resolved)
    return CONFIGURED + address.path if address is not None and is_replaced(address) else resolved
