"""Versions of crates: SemVer within the bounds of cargo's own parser.

Source: the semver crate that cargo uses, its documentation of `Version` and `BuildMetadata`.
"""

from __future__ import annotations

from functools import lru_cache

from pratique.core.errors import Invalid
from pratique.formats import semver

MAX_LENGTH = 150
MAX_NUMBER = 2**64 - 1

_BuildKey = tuple[tuple[int, int, int, str], ...]
VersionKey = tuple[semver.SemVerKey, _BuildKey]
"""Precedence, then build metadata: cargo orders by that too, and it tells two releases apart."""


def version_key(version: str) -> VersionKey:
    """Sort key in cargo's own total order.

    Raises:
        ValueError: no version that cargo reads.
    """
    parsed = parse(version)
    return parsed.key, tuple(_build_key(part) for part in parsed.build)


def release_key(version: str) -> semver.SemVerKey:
    """Sort key of which an index has one release at most: without build metadata, and in small letters.

    Folders of two versions that differ in case are one on some systems, and cargo would build what it unpacked first.
    Source: The Cargo Book, "Registry Index": versions are unique without build metadata.

    Raises:
        ValueError: no version that cargo reads.
    """
    return parse(version.lower()).key


def is_version(text: object) -> bool:
    """Whether something read from a document is a version that cargo reads."""
    try:
        return isinstance(text, str) and bool(parse(text))
    except ValueError:
        return False


def is_prerelease(version: str) -> bool:
    """Whether resolvers skip the version unless asked. Raises ValueError on what is no version."""
    return bool(parse(version).prerelease)


def canonical_version(version: str) -> str:
    """The one spelling of a version that a person wrote: a leading `v` and blanks are dropped.

    Raises:
        Invalid: it is no version; requirements are none.
    """
    written = version.strip().removeprefix("v")
    if is_version(written):
        return written
    raise Invalid(f'"{version[:80]}" is no version of a crate; write all three numbers, as in 1.2.3 or 1.2.3-beta.1')


@lru_cache(maxsize=1 << 14)
def parse(version: str) -> semver.SemVer:
    """Take a version apart. Raises ValueError on what cargo would not read."""
    if len(version) > MAX_LENGTH:
        raise ValueError(f"a version has at most {MAX_LENGTH} characters, this one {len(version)}")
    parsed = semver.parse(version)
    if max(parsed.major, parsed.minor, parsed.patch) > MAX_NUMBER:
        raise ValueError(f"{version[:80]!r} has a number above {MAX_NUMBER}, which cargo does not read")
    return parsed


def _build_key(part: str) -> tuple[int, int, int, str]:
    """Numbers before words; equal numbers by their leading zeros, fewer first."""
    if part.isdigit():
        return (0, int(part), len(part), "")
    return (1, 0, 0, part)
