"""Version requirements in the form that an index carries."""

from __future__ import annotations

import re

from pratique.ecosystems.cargo import versions

MAX_LENGTH = 1000
"""Characters; the blanks in one part are gone over again and again."""

_MAX_COMPARATORS = 32
_ANY = re.compile(r"[*xX] *")
_COMPARATOR = re.compile(r"(=|>=?|<=?|~|\^)? *(.*?) *", re.DOTALL)
_NUMBER = r"(?:0|[1-9][0-9]{0,19})"
_PARTIAL = re.compile(rf"({_NUMBER})((?:\.[*xX]){{0,2}})|({_NUMBER}\.{_NUMBER})((?:\.[*xX])?)")


def normal_requirement(text: str) -> str:
    """A requirement as cargo writes it after reading: `1.2` becomes `^1.2`, blanks only after commas.

    Source: The Cargo Book, "Specifying Dependencies"; the semver crate's documentation of `VersionReq`.

    Raises:
        ValueError: cargo would not read it.
    """
    parts = text.lstrip(" ").split(",", _MAX_COMPARATORS)
    if len(parts) > _MAX_COMPARATORS:
        raise ValueError(f"a requirement has at most {_MAX_COMPARATORS} parts")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a version requirement has at most {MAX_LENGTH} characters")
    if len(parts) == 1 and _ANY.fullmatch(parts[0]):
        return "*"
    return ", ".join(_comparator(part.lstrip(" ")) for part in parts)


def _comparator(text: str) -> str:
    """One part of a requirement; what stands behind a `+` is never compared, so it is left out."""
    found = _COMPARATOR.fullmatch(text)
    operator, release = (found[1], found[2]) if found else (None, text)
    partial = _PARTIAL.fullmatch(release)
    if partial is None:
        return (operator or "^") + versions.parse(release).without_build
    numbers, wildcards = (partial[1], partial[2]) if partial[1] else (partial[3], partial[4])
    if max(map(int, numbers.split("."))) > versions.MAX_NUMBER:
        raise ValueError(f"{release[:80]!r} has a number above {versions.MAX_NUMBER}, which cargo does not read")
    if wildcards and operator is None:
        return f"{numbers}.*"
    return (operator or "^") + numbers
