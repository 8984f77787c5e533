"""npm's package-lock.json and npm-shrinkwrap.json, in their forms 1, 2 and 3.

npm puts the configured registry in the place of the npm registry's address, and of no other (setting
`replace-registry-host`). Source: npm's documentation of package-lock.json and of that setting; measured with npm 11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from pratique.core.errors import Invalid, TooLarge
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.npm.lockfiles.asked_for import asked_for, not_pinned
from pratique.ecosystems.npm.lockfiles.bundled import MODULES, brought_along, is_installed
from pratique.ecosystems.npm.lockfiles.pins import MAX_BYTES, kind_of, pin, tables, unalias
from pratique.ecosystems.npm.lockfiles.places import CONFIGURED, is_replaced
from pratique.formats.lock_entries import Apart, lockfile, set_apart, text
from pratique.formats.web_addresses import is_meant_for_web, read_address

WHAT = "package-lock.json"
MEND = "rm -rf node_modules package-lock.json npm-shrinkwrap.json && npm install"
_ASKING = ("dependencies", "optionalDependencies", "peerDependencies")
_OWN_LOCKFILE = ("hasShrinkwrap", "_hasShrinkwrap")
_NO_RELEASE = re.compile(r"(?i)file:|git:|git\+|ssh:|git(?:hub|lab):|bitbucket:|gist:|[./]|~/")
"""How what npm has from git or a folder begins; it takes other texts for a release of the registry."""

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
    if not document.keys() & {"packages", "dependencies", "lockfileVersion"}:
        raise Invalid(f"this is no {WHAT}: it has neither `packages` nor `dependencies` nor `lockfileVersion`")
    return lockfile(_entries(document), MEND)


def _entries(document: dict[str, Any]) -> Iterator[LockedFile | Apart]:
    """What npm has from its own half, then what else may be fetched because the lockfile says so."""
    packages, tree = document.get("packages", {}), document.get("dependencies", {})
    told = [*_packages(packages)]
    pinned = _addresses(told)
    yield from told
    for one in _dependencies(tree, _DEEPEST, is_all="packages" not in document):
        # Of form 2, older clients read the other half. What both tell is one entry.
        if isinstance(one, LockedFile) or "packages" not in document or not pinned.issuperset(_on_web(one)):
            told.append(one)
            yield one
    asked = (*_asked_by_packages(packages), *_asked_in_tree(tree, _DEEPEST))
    yield from not_pinned(asked, told, _addresses(told))


def _addresses(told: Iterable[LockedFile | Apart]) -> set[str]:
    return {address for one in told for address in ((one.source,) if isinstance(one, LockedFile) else one.addresses)}


def _on_web(one: Apart) -> Iterator[str]:
    return filter(is_meant_for_web, one.addresses)


def _packages(found: Any) -> Iterator[LockedFile | Apart]:
    """Forms 2 and 3: one entry for each folder. A link and the folder that it leads to are one thing."""
    entries = dict(tables(WHAT, found, "packages"))
    targets = {text(WHAT, entry, "resolved") for entry in entries.values() if entry.get("link")}
    linked = {place for place in targets if not is_installed(place)}
    brought = brought_along(entries)
    for place, entry in entries.items():
        _check_place(place)
        if place and place not in linked:
            yield from _package(place, entry, in_bundle=bool(entry.get("inBundle")) and place in brought)


def _check_place(place: str) -> None:
    """Refuse a place in another spelling: it is a path for npm, which would read it as that of another entry."""
    parts = place.split("/")
    while parts and parts[0] == "..":
        del parts[0]
    if place and any(part in ("", ".", "..") or "\\" in part for part in parts):
        raise Invalid(f"the {WHAT} has {place[:80]!a}, a place that npm does not write")


def _package(place: str, entry: dict[str, Any], *, in_bundle: bool) -> Iterator[LockedFile | Apart]:
    is_folder = not is_installed(place)
    folder = f"/{place}".rpartition("/" if is_folder else MODULES)[2]
    if is_folder or entry.get("link"):
        yield set_apart(text(WHAT, entry, "name") or folder, "folder", text(WHAT, entry, "resolved"))
        return
    yield _installed(folder, entry, in_bundle=in_bundle)
    if any(map(entry.get, _OWN_LOCKFILE)):
        yield set_apart(folder, "with a lockfile of its own, not read")


def _installed(folder: str, entry: dict[str, Any], *, in_bundle: bool) -> LockedFile | Apart:
    name = text(WHAT, entry, "name") or folder
    resolved = text(WHAT, entry, "resolved") or text(WHAT, entry, "_resolved")  # npm knows the second from old times
    version = entry.get("version")
    if not resolved and isinstance(version, str):
        name, version = unalias(name, version)  # npm takes what stands here for what to fetch
        if ":" in version or "/" in version:
            return set_apart(folder, kind_of(version), version)
    if in_bundle and not resolved:
        return set_apart(name, "inside another package")
    if resolved and read_address(resolved) is None:
        if not is_meant_for_web(resolved) and not _NO_RELEASE.match(resolved):
            raise Invalid(f"the {WHAT} has a `resolved` of {folder[:100]!a} that is no address")
        return set_apart(folder, kind_of(resolved), resolved)
    return pin(WHAT, name, version, integrity=entry.get("integrity"), source=_source(resolved))


def _asked_by_packages(found: Any) -> Iterator[tuple[str, str]]:
    """What packages ask for, with what a folder, as it is developed there, asks for beside that."""
    for place, entry in tables(WHAT, found, "packages"):
        if not entry.get("link"):
            yield from _asked(entry, _ASKING if is_installed(place) else (*_ASKING, "devDependencies"))


def _asked(entry: dict[str, Any], fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((name, _source(specifier)) for name, specifier in asked_for(WHAT, entry, fields))


def _dependencies(found: Any, depth: int, *, is_all: bool) -> Iterator[LockedFile | Apart]:
    """Form 1: a tree; what is no registry's has its address in the place of a version.

    Args:
        found: as read.
        depth: how many folders may lie below each other.
        is_all: also what is said to be bundled: nothing here tells who would bring it along, and npm may fetch it.
    """
    if depth == 0:
        raise Invalid(f"the {WHAT} is nested too deeply")
    for alias, entry in tables(WHAT, found, "dependencies"):
        said = text(WHAT, entry, "version")
        name, version = unalias(alias, said)
        resolved = text(WHAT, entry, "resolved")
        if ":" in version or "/" in version:
            # Where both stand, npm takes the second; it is told of both.
            yield set_apart(alias, kind_of(resolved if is_meant_for_web(resolved) else version), version, resolved)
        elif is_all or resolved or not entry.get("bundled"):
            yield pin(WHAT, name, version, integrity=entry.get("integrity"), source=_source(resolved))
        if "dependencies" in entry:
            yield from _dependencies(entry["dependencies"], depth - 1, is_all=is_all)


def _asked_in_tree(found: Any, depth: int) -> Iterator[tuple[str, str]]:
    """What entries of form 1 require, and by what each was asked for: npm goes there where it has nothing better."""
    if depth == 0:
        raise Invalid(f"the {WHAT} is nested too deeply")
    for alias, entry in tables(WHAT, found, "dependencies"):
        yield alias, _source(text(WHAT, entry, "from").removeprefix(f"{alias}@"))
        yield from _asked(entry, ("requires",))
        if "dependencies" in entry:
            yield from _asked_in_tree(entry["dependencies"], depth - 1)


def _source(resolved: str) -> str:
    address = read_address(resolved)
    return CONFIGURED + address.path if address is not None and is_replaced(address) else resolved
