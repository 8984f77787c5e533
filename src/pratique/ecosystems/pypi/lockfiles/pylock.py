"""pylock.toml, the form that Python's tools share. Source: PEP 751, now the pylock.toml specification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pratique.core.errors import Invalid
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.pypi.lockfiles.pins import files, items, release, table, tables, toml
from pratique.formats.lock_entries import Apart, lockfile, set_apart, text

WHAT = "pylock.toml"
MEND = "make it anew with what made it: `uv export --format pylock.toml -o pylock.toml` after `uv lock`, or `pip lock`"
_APART = {"vcs": "git", "directory": "folder", "archive": "an address of its own"}


def read(content: bytes) -> Lockfile:
    """What it pins. Raises Invalid, TooLarge."""
    document = toml(WHAT, content)
    if not text(WHAT, document, "lock-version").startswith("1."):
        raise Invalid(f"this is no {WHAT} of lock-version 1, which alone is read here")
    packages = tables(WHAT, document.get("packages", []), "packages")
    return lockfile((one for package in packages for one in _entries(package)), MEND)


def _entries(package: dict[str, Any]) -> Iterator[LockedFile | Apart]:
    name = text(WHAT, package, "name")
    apart = next((kind for key, kind in _APART.items() if key in package), None)
    if apart is not None:
        yield set_apart(name, apart, text(WHAT, table(WHAT, package.get("archive"), "archive"), "url"))
        return
    sdist = package.get("sdist")
    listed = [*([sdist] if sdist is not None else []), *items(WHAT, package.get("wheels"), "wheels")]
    if any(isinstance(one, dict) and "url" not in one and "path" in one for one in listed):
        yield set_apart(name, "folder")
        return
    yield from files(release(WHAT, name, package.get("version"), text(WHAT, package, "index")), listed)
