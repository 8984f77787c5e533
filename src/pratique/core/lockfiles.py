"""Lockfiles as values: what they pin, from where, and what they hold beside that."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

import msgspec

from pratique.core.artifacts import Digests
from pratique.core.errors import TooLarge

T = TypeVar("T")

MAX_ENTRIES = 40_000
"""Of one lockfile: room for 5,000 releases of Python's, whose files are entries each."""

MAX_APART = 5_000
"""Of them, those that come from no registry: they are told by their names."""


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
        any_of: of a whole release: digests of files that may be installed, each of one kind; none for all.
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
        detours: of what is apart, the name and the http address that its client fetches it from.
        mend: the command that has its client write addresses anew, after `pratique configure`.
    """

    pins: tuple[LockedFile, ...]
    apart: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    mend: str = ""
    detours: tuple[tuple[str, str], ...] = ()


def distinct(entries: Iterable[T]) -> list[T]:
    """The entries of a lockfile in their order, each once. Raises TooLarge as soon as there are too many."""
    found: dict[T, None] = {}
    for number, entry in enumerate(entries, 1):
        if number > MAX_ENTRIES:
            raise TooLarge(f"the lockfile has more than {MAX_ENTRIES} entries; no more are read")
        found[entry] = None
    return list(found)


def named_apart(names: Iterable[str]) -> tuple[str, ...]:
    """What comes from no registry, in order. Raises TooLarge if that is too much."""
    found = tuple(sorted(names))
    if len(found) > MAX_APART:
        raise TooLarge(f"the lockfile has {len(found)} entries that are no registry's; at most {MAX_APART} are read")
    return found
