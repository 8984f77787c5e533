"""poetry.lock, from its form 1.0 on.

It holds names and checksums of files, and an address only of a source that is not PyPI. Source: poetry's
documentation; poetry's `packages/locker.py`; measured with poetry 2.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pratique.core.errors import Invalid
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.pypi import names
from pratique.ecosystems.pypi.lockfiles.pins import files, items, release, table, tables, toml
from pratique.formats.lock_entries import Apart, lockfile, set_apart, text

WHAT = "poetry.lock"
MEND = "poetry lock"
_KINDS = {"git": "git", "url": "an address of its own", "file": "folder", "directory": "folder"}


def read(content: bytes) -> Lockfile:
    """What it pins. Raises Invalid, TooLarge."""
    document = toml(WHAT, content)
    if "metadata" not in document:
        raise Invalid(f"this is no {WHAT}: it has no `metadata`")
    packages = tables(WHAT, document.get("package", []), "package")
    said = table(WHAT, table(WHAT, document["metadata"], "metadata").get("files"), "metadata.files")
    older = {names.canonical(name): of for name, of in said.items()}
    return lockfile((one for package in packages for one in _entries(package, older)), MEND)


def _entries(package: dict[str, Any], older: dict[str, Any]) -> Iterator[LockedFile | Apart]:
    """One package; forms before 2.0 kept all files apart, by name."""
    name = text(WHAT, package, "name")
    source = table(WHAT, package.get("source"), "source")
    kind = text(WHAT, source, "type")
    if kind in _KINDS:
        yield set_apart(name, _KINDS[kind], "" if kind == "git" else text(WHAT, source, "url"))
        return
    of = release(WHAT, name, package.get("version"), text(WHAT, source, "url"))
    yield from files(of, items(WHAT, package.get("files", older.get(of.name)), "files"))
