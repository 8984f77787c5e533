"""Lockfiles as values: what they pin, from where, and what they hold beside that."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pratique.core.artifacts import Digests


class Leads(StrEnum):
    """Where a client goes for a pin.

    `ASTRAY`: to this server, but for another file. `PUBLIC`: past it, to the public registry, whose names are no
    secret. `ELSEWHERE`: to somebody else's server, where the name may be private.
    """

    HERE = "here"
    ASTRAY = "astray"
    PUBLIC = "public"
    ELSEWHERE = "elsewhere"


class LockedFile(msgspec.Struct, frozen=True):
    """One file that a lockfile pins; a whole release where the lockfile names no files.

    Attributes:
        name: canonical.
        filename: empty for a whole release.
        digests: as the lockfile states them; none where it has none.
        source: where the lockfile says it comes from, in its own words; empty where the client's settings say it.
        index: the registry that the lockfile names beside that; empty where it names none.
        any_of: of a whole release: digests of files that may be installed; none for all.
    """

    name: str
    version: str
    filename: str
    digests: Digests
    source: str = ""
    index: str = ""
    any_of: tuple[Digests, ...] = ()


class Lockfile(msgspec.Struct, frozen=True):
    """What a lockfile holds.

    Attributes:
        pins: what comes from a registry.
        apart: what does not, each by its name and what it is instead (`left (git)`), sorted.
        searched: further registries and folders of files that the lockfile has its client search for every pin.
        mend: the command that has its client write addresses anew, after `pratique configure`.
    """

    pins: tuple[LockedFile, ...]
    apart: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    mend: str = ""
