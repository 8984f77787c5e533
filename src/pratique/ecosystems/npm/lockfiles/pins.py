"""One entry of a lockfile of npm's clients: the file that it pins, and the forms of what npm calls a specifier."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pratique.core.artifacts import Digests
from pratique.core.errors import Invalid
from pratique.core.lockfiles import LockedFile
from pratique.ecosystems.npm import names, versions
from pratique.ecosystems.npm.integrity import read_integrity

MAX_BYTES = 4 << 20
"""Room for some ten thousand packages."""

MAX_PARTS = 400_000
"""Values of one lockfile: a package has some twenty."""

_SHA1 = re.compile(r"[0-9a-f]{40}\Z")


def pin(what: str, name: str, version: Any, *, integrity: Any = None, sha1: str = "", source: str = "") -> LockedFile:
    """The tarball of a release.

    Args:
        what: how sentences call the lockfile.
        name: of the package, an alias resolved.
        version: as it stands there.
        integrity: a Subresource Integrity string, or None.
        sha1: hexadecimal, or nothing.
        source: an address, or nothing.

    Raises:
        Invalid: no package can be called so, it is no version, or a digest is broken.
    """
    canonical = names.canonical(name)
    if not versions.is_version(version):
        raise Invalid(f"{what} pins {canonical} {str(version)[:64]!a}, which is no version of an npm package")
    try:
        stated = read_integrity(integrity or None)
    except ValueError as error:
        said = str(error).removeprefix("dist.")
        raise Invalid(f"{what} pins {canonical} {version} by a checksum that is none: {said}") from None
    if _SHA1.match(sha1):
        stated.setdefault("sha1", sha1)
    return LockedFile(canonical, version, names.tarball_name(canonical, version), Digests(**stated), source)


def kind_of(specifier: str) -> str:
    """What a specifier or address stands for that is no version of a registry."""
    lowered = specifier.lower()
    if lowered.startswith(("git", "ssh:")) or ".git#" in lowered:
        return "git"
    if lowered.startswith(("http:", "https:")):
        return "an address of its own"
    if lowered.startswith(("file:", "link:", "portal:", "workspace:", "root:", ".", "/")):
        return "folder"
    return "git" if "/" in specifier else "no registry"


def split_name(text: str) -> tuple[str, str]:
    """Name and what follows its `@`: of `@acme/x@^1` and `x@npm:y@1`. The second is empty where there is none."""
    at = text.find("@", 1)
    return (text, "") if at < 0 else (text[:at], text[at + 1 :])


def unalias(name: str, specifier: str) -> tuple[str, str]:
    """The real name and its range: `npm:react@18`, in any case, is react's, whatever the entry is called."""
    if specifier[:4].lower() != "npm:":
        return name, specifier
    real, wanted = split_name(specifier[4:])
    return (real, wanted) if wanted or not real[:1].isdigit() else (name, real)


def tables(what: str, found: Any, field: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries of a mapping of mappings. Raises Invalid if it is none."""
    if not isinstance(found, dict):
        raise Invalid(f"this is no {what}: `{field}` is no mapping")
    for key, value in found.items():
        if not isinstance(value, dict):
            raise Invalid(f"this is no {what}: {json.dumps(key[:80])} in `{field}` is no mapping")
        yield key, value
