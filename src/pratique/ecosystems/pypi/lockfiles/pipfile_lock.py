"""Pipfile.lock: releases with checksums, and the indexes they come from. Source: pipenv's documentation."""

from __future__ import annotations

from typing import Any

import orjson

from pratique.core.errors import Invalid, TooLarge
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.pypi.lockfiles.pins import MAX_BYTES, items, release, table, tables
from pratique.formats.lock_entries import Apart, lockfile, set_apart, text

WHAT = "Pipfile.lock"
MEND = "write this server's address under [[source]] in Pipfile, then `pipenv lock`"
_META = "_meta"
_APART = {"git": "git", "hg": "hg", "svn": "svn", "bzr": "bzr", "path": "folder", "editable": "folder"}


def read(content: bytes) -> Lockfile:
    """What it pins. Raises Invalid, TooLarge."""
    if len(content) > MAX_BYTES:
        raise TooLarge(f"the {WHAT} has {len(content)} bytes; at most {MAX_BYTES} are read")
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"the {WHAT} is no readable JSON: {error.msg}") from None
    if not isinstance(document, dict) or _META not in document:
        raise Invalid(f"this is no {WHAT}: it has no `{_META}`")
    sources = _sources(table(WHAT, document[_META], _META).get("sources"))
    groups = [table(WHAT, group, key) for key, group in document.items() if key != _META]
    entries = (_entry(name, said, sources) for group in groups for name, said in group.items())
    return lockfile(entries, MEND)


def _sources(found: Any) -> dict[str, str]:
    """Addresses of the indexes by name, the one of what names none first."""
    listed = tables(WHAT, found or [], "sources")
    return {text(WHAT, one, "name"): text(WHAT, one, "url") for one in listed}


def _entry(name: str, said: Any, sources: dict[str, str]) -> LockedFile | Apart:
    entry = table(WHAT, said, name[:80])
    if "file" in entry:
        return set_apart(name, "an address of its own", text(WHAT, entry, "file"))
    apart = next((kind for key, kind in _APART.items() if key in entry), None)
    version = text(WHAT, entry, "version")
    if apart is not None:
        return set_apart(name, apart)
    if not version.startswith("=="):
        raise Invalid(f"the {WHAT} has {name[:80]!a} without a version (`==1.0`)")
    default = next(iter(sources.values()), "")
    index = sources.get(text(WHAT, entry, "index"), default)
    return release(WHAT, name, version.lstrip("= "), index).whole(items(WHAT, entry.get("hashes"), "hashes"))
