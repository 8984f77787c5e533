"""The same name in other registries: whoever asks for it in the wrong one, or founds it in a second one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pratique.naming import popular
from pratique.naming.keys import segments
from pratique.naming.spelling import canonical_or_none

SPOKEN = {
    "npm": "npm",
    "pypi": "PyPI",
    "cargo": "crates.io",
    "maven": "Maven Central",
    "rubygems": "RubyGems.org",
    "nuget": "NuGet.org",
}
"""How people call the public registry of an ecosystem."""

LEADING = 10_000
"""Rank up to which a name belongs to somebody in the eyes of people who come from another ecosystem."""


_MIXED_UP = ("npm", "pypi", "cargo")
"""Ecosystems whose names people take for each other's; a server has their rankings in memory anyway."""

WITH_PLAIN_NAMES = (*_MIXED_UP, "rubygems", "nuget")
"""Ecosystems whose names are words, as those of Maven are not: to found a project of the same name says something."""


class Elsewhere(NamedTuple):
    """A name in another ecosystem, with its rank among the most used ones there."""

    ecosystem: str
    name: str
    rank: int


def known_elsewhere(
    ecosystem: str, name: str, most: int | None = None, among: Sequence[str] = _MIXED_UP
) -> list[Elsewhere]:
    """Other ecosystems in which exactly this name is a popular one, the best known first.

    Args:
        ecosystem: whose name it is.
        name: canonical there.
        most: rank up to which it counts; None: if it is in the list at all.
        among: ecosystems that are looked at.
    """
    found = []
    for other in among:
        theirs = None if other == ecosystem else canonical_or_none(other, name)
        rank = None if theirs is None else popular.rank(other, theirs)
        if theirs is not None and rank is not None and (most is None or rank <= most):
            found.append(Elsewhere(other, theirs, rank))
    return sorted(found, key=lambda one: (one.rank, one.ecosystem))


def tell_elsewhere(ecosystem: str, name: str) -> str:
    """`a package of this name exists in npm`, to who asks in the wrong place; empty where no other list holds it."""
    places = [SPOKEN[one.ecosystem] for one in known_elsewhere(ecosystem, name)]
    return f"a package of this name exists in {' and in '.join(places)}" if places else ""


def lies_in(pattern: str, name: str) -> bool:
    """Whether a name begins with the words of a namespace of another ecosystem: `acme-core` with those of `@acme/*`."""
    words, theirs = segments(name), segments(pattern.replace("*", ""))
    return bool(theirs) and pattern.endswith("*") and len(words) > len(theirs) and words[: len(theirs)] == theirs
