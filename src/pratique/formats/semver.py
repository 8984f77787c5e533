"""SemVer 2.0.0: strict parsing and the order of precedence; npm and cargo share it.

Source: semver.org, version 2.0.0, items 2, 9, 10 and 11.
"""

from __future__ import annotations

import re

import msgspec

_NUMBER = r"(?:0|[1-9][0-9]*)"
_PRE_IDENTIFIER = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_BUILD_IDENTIFIER = r"[0-9A-Za-z-]+"
_VERSION = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    rf"(?:-({_PRE_IDENTIFIER}(?:\.{_PRE_IDENTIFIER})*))?"
    rf"(?:\+({_BUILD_IDENTIFIER}(?:\.{_BUILD_IDENTIFIER})*))?",
    re.ASCII,
)

SemVerKey = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]
"""Sorts as SemVer item 11 says; build metadata is no part of it."""


class SemVer(msgspec.Struct, frozen=True):
    """One version, taken apart.

    Attributes:
        prerelease: dot-separated identifiers after the `-`, empty for a release.
        build: dot-separated identifiers after the `+`; never compared.
    """

    major: int
    minor: int
    patch: int
    prerelease: tuple[str, ...] = ()
    build: tuple[str, ...] = ()

    @property
    def key(self) -> SemVerKey:
        """The sort key: a release after its pre-releases, numbers before words."""
        identifiers = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.prerelease)
        return (self.major, self.minor, self.patch, 0 if self.prerelease else 1, identifiers)

    @property
    def without_build(self) -> str:
        """The text form without build metadata."""
        release = f"{self.major}.{self.minor}.{self.patch}"
        return release + ("-" + ".".join(self.prerelease) if self.prerelease else "")


def parse(version: str) -> SemVer:
    """Take a version apart.

    Raises:
        ValueError: the text is not exactly one SemVer 2.0.0 version.
    """
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(f"{version[:80]!r} is not a SemVer 2.0.0 version such as 1.2.3 or 1.2.3-beta.1")
    major, minor, patch, prerelease, build = match.groups()
    return SemVer(
        int(major),
        int(minor),
        int(patch),
        tuple(prerelease.split(".")) if prerelease else (),
        tuple(build.split(".")) if build else (),
    )


def sort_key(version: str) -> SemVerKey:
    """Sort key of a version; versions that differ only in build metadata share it.

    Raises:
        ValueError: the text is no SemVer 2.0.0 version.
    """
    return parse(version).key


def is_prerelease(version: str) -> bool:
    """Whether a version has pre-release identifiers.

    Raises:
        ValueError: the text is no SemVer 2.0.0 version.
    """
    return bool(parse(version).prerelease)
