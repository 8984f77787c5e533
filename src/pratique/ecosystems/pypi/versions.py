"""Versions of Python projects: their order, and one spelling for each.

Source: PEP 440; version specifiers specification.
"""

from __future__ import annotations

from functools import lru_cache

from packaging.version import Version

from pratique.core.errors import Invalid

MAX_LENGTH = 200


@lru_cache(maxsize=1 << 16)
def version_key(version: str) -> Version:
    """The sort key of a version.

    Raises:
        ValueError: not a version of PEP 440; old releases with such versions exist upstream.
    """
    if len(version) > MAX_LENGTH:
        raise ValueError(f"a version has at most {MAX_LENGTH} characters")
    return Version(version)


def is_prerelease(version: str) -> bool:
    """Whether resolvers skip it unless asked: alpha, beta, candidate or development release.

    Raises:
        ValueError: not a version of PEP 440.
    """
    return version_key(version).is_prerelease


@lru_cache(maxsize=1 << 16)
def canonical_version(version: str) -> str:
    """The one spelling under which all files of a release meet: `v1.0.0-RC1` is `1.0.0rc1`.

    Raises:
        ValueError: not a version of PEP 440.
    """
    return str(version_key(version))


def spoken_version(version: str) -> str:
    """The canonical spelling of a version that a person wrote.

    Raises:
        Invalid: not a version of PEP 440; ranges are none.
    """
    try:
        return canonical_version(version)
    except ValueError:
        raise Invalid(
            f'"{version[:80]}" is no version of a Python project; write one like 1.2.3, 1.0rc1 or 2024.5.post1'
        ) from None
