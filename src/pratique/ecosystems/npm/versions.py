"""npm versions: SemVer within the bounds that npm's own parser has."""

from __future__ import annotations

import re
from functools import lru_cache

from pratique.core.errors import Invalid
from pratique.formats import semver

MAX_LENGTH = 256
MAX_NUMBER = 2**53 - 1
_SPOKEN_PREFIX = re.compile(r"\A[=v]+")


def version_key(version: str) -> semver.SemVerKey:
    """Sort key of a version in the one spelling an index uses.

    A leading `v` or `=` is refused here: npm's clients remove it before anything is published, and
    two spellings of one version would be two files.

    Raises:
        ValueError: no version, over 256 characters, or with a number above 2**53 - 1.
        Source: node-semver, internal/constants.js.
    """
    return _parse(version).key


def is_version(text: object) -> bool:
    """Whether something read from a document is a version in the one spelling an index uses."""
    try:
        return isinstance(text, str) and bool(_parse(text))
    except ValueError:
        return False


def is_prerelease(version: str) -> bool:
    """Whether resolvers skip the version unless asked.

    Raises:
        ValueError: no version.
    """
    return bool(_parse(version).prerelease)


def clean(version: str) -> str:
    """The version as npm publishes it: blanks, a leading `v` or `=` and build metadata removed.

    Raises:
        ValueError: what remains is no version.
        Source: node-semver, functions/clean.js; libnpmpublish calls it on package.json's version.
    """
    return _parse(_SPOKEN_PREFIX.sub("", version.strip())).without_build


def canonical_version(version: str) -> str:
    """The spelling under which npm publishes a version that a person wrote: `v1.0.1+x` is `1.0.1`.

    Raises:
        Invalid: it is no version; ranges and tags are none.
    """
    try:
        return clean(version)
    except ValueError:
        raise Invalid(
            f'"{version[:80]}" is no version of an npm package; write all three numbers, as in 1.2.3 or 1.2.3-beta.1'
        ) from None


def newest_first(versions: list[str]) -> list[str]:
    """Valid versions, newest first, releases before pre-releases.

    Raises:
        ValueError: one of them is no version.
    """
    parsed = {version: _parse(version) for version in versions}
    return sorted(versions, key=lambda version: (not parsed[version].prerelease, parsed[version].key), reverse=True)


@lru_cache(maxsize=1 << 15)
def _parse(version: str) -> semver.SemVer:
    if len(version) > MAX_LENGTH:
        raise ValueError(f"a version has at most {MAX_LENGTH} characters, this one {len(version)}")
    parsed = semver.parse(version)
    if max(parsed.major, parsed.minor, parsed.patch) > MAX_NUMBER:
        raise ValueError(f"{version[:80]!r} has a number above {MAX_NUMBER}, which npm does not accept")
    return parsed
