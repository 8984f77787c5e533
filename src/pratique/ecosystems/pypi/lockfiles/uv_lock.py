"""uv.lock, version 1.

`uv sync --frozen` fetches from the addresses that stand there; `uv lock` writes those of the configured index in their
place and keeps versions (measured with uv 0.13). Source: uv's documentation of its lockfile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pratique.core.errors import Invalid
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.pypi.lockfiles.pins import files, items, release, table, tables, toml
from pratique.formats.lock_entries import Apart, lockfile, set_apart, text
from pratique.formats.web_addresses import read_address

WHAT = "uv.lock"
MEND = "uv lock"
_KINDS = {"git": "git", "url": "an address of its own"}
"""Of sources; every other one is a folder or file."""


def read(content: bytes) -> Lockfile:
    """What it pins. Raises Invalid, TooLarge."""
    document = toml(WHAT, content)
    if document.get("version") != 1:
        raise Invalid(
            f"this is no {WHAT} of version 1, which alone is read here: `uv lock` of uv 0.5 or later writes it"
        )
    packages = tables(WHAT, document.get("package", []), "package")
    return lockfile((one for package in packages for one in _entries(package)), MEND)


def _entries(package: dict[str, Any]) -> Iterator[LockedFile | Apart]:
    source = table(WHAT, package.get("source"), "source")
    registry = text(WHAT, source, "registry")
    if not registry or read_address(registry) is None:
        kind = next((said for key, said in _KINDS.items() if key in source), "folder")
        # uv fetches from a list of files by its address, too, whatever that begins with.
        yield set_apart(text(WHAT, package, "name"), kind, registry or text(WHAT, source, "url"))
        return
    sdist = package.get("sdist")
    listed = [*([sdist] if sdist is not None else []), *items(WHAT, package.get("wheels"), "wheels")]
    yield from files(release(WHAT, package.get("name"), package.get("version"), registry), listed)
