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
from pratique.ecosystems.npm.lockfiles.pins import MAX_BYTES, Apart, kind_of, lockfile, pin, tables, text, unalias
from pratique.ecosystems.npm.lockfiles.places import CONFIGURED, is_replaced
from pratique.formats.web_addresses import read_address

WHAT = "package-lock.json"
MEND = "rm -rf node_modules package-lock.json npm-shrinkwrap.json && npm install"
_MODULES = "/node_modules/"
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
    for place, entry in entries.items():
        if place and place not in linked:
            yield _package(place, entry, in_bundle=bool(entry.get("inBundle")) and _is_bundled(place, entries))


def _is_bundled(place: str, entries: dict[str, dict[str, Any]]) -> bool:
    """Whether a package around it says that it brings others along. What the project itself bundles, npm fetches."""
    parts = place.split(_MODULES)
    around = (_MODULES.join(parts[:number]) for number in range(1, len(parts)))
    return any(entries.get(one, {}).get(field) for one in around for field in _BUNDLING)


def _package(place: str, entry: dict[str, Any], *, in_bundle: bool) -> LockedFile | Apart:
    is_folder = not _is_installed(place)
    folder = f"/{place}".rpartition("/" if is_folder else _MODULES)[2]
    name = text(WHAT, entry, "name") or folder
    resolved = text(WHAT, entry, "resolved")
    if is_folder or entry.get("link"):
        return Apart(name, "folder", resolved)
    version = entry.get("version")
    if not resolved and isinstance(version, str) and (":" in version or "/" in version):
        return Apart(folder, kind_of(version), version)  # npm takes an address here for whence to fetch
    if in_bundle and not resolved:
        return Apart(name, "inside another package")
    if resolved and read_address(resolved) is None:
        return Apart(folder, kind_of(resolved), resolved)
    return pin(WHAT, name, entry.get("version"), integrity=entry.get("integrity"), source=_source(resolved))


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
            yield Apart(alias, kind_of(version), version)
        elif entry.get("bundled") and not resolved:
            yield Apart(name, "inside another package")
        else:
            yield pin(WHAT, name, version, integrity=entry.get("integrity"), source=_source(resolved))
        if "dependencies" in entry:
            yield from _dependencies(entry["dependencies"], depth - 1)


def _source(resolved: str) -> str:
    address = read_address(resolved)
    return CONFIGURED + address.path if address is not None and is_replaced(address) else resolved
