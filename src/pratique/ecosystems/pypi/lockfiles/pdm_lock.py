"""pdm.lock. Source: pdm's documentation of its lockfile, and its `project/lockfile`; not measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pratique.core.errors import Invalid
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.pypi.lockfiles.pins import files, items, release, tables, toml
from pratique.formats.lock_entries import Apart, lockfile, set_apart, text

WHAT = "pdm.lock"
MEND = "pdm lock --update-reuse"
_APART = {"git": "git", "hg": "hg", "svn": "svn", "bzr": "bzr", "url": "an address of its own", "path": "folder"}


def read(content: bytes) -> Lockfile:
    """What it pins. Raises Invalid, TooLarge."""
    document = toml(WHAT, content)
    if "metadata" not in document:
        raise Invalid(f"this is no {WHAT}: it has no `metadata`")
    packages = tables(WHAT, document.get("package", []), "package")
    return lockfile((one for package in packages for one in _entries(package)), MEND)


def _entries(package: dict[str, Any]) -> Iterator[LockedFile | Apart]:
    name = text(WHAT, package, "name")
    apart = next((kind for key, kind in _APART.items() if key in package), None)
    if apart is not None:
        yield set_apart(name, apart, text(WHAT, package, "url"))
        return
    yield from files(release(WHAT, name, package.get("version")), items(WHAT, package.get("files"), "files"))
