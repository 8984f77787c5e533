"""How each ecosystem spells names, by its id."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pratique.core.errors import InvalidName
from pratique.formats.project_names import cargo, maven, npm, nuget, pypi, rubygems


class Spelling(NamedTuple):
    """What a registry says of a name alone; both raise InvalidName with a sentence."""

    canonical: Callable[[str], str]
    refuse_new: Callable[[str], None]


SPELLINGS = {
    "npm": Spelling(npm.canonical, npm.refuse_new),
    "pypi": Spelling(pypi.canonical, pypi.refuse_new),
    "cargo": Spelling(cargo.canonical, cargo.refuse_new),
    "maven": Spelling(maven.canonical, maven.refuse_new),
    "rubygems": Spelling(rubygems.canonical, rubygems.refuse_new),
    "nuget": Spelling(nuget.canonical, nuget.refuse_new),
}


def canonical(ecosystem: str, name: str) -> str:
    """The canonical form of a name. Raises InvalidName."""
    return SPELLINGS[ecosystem].canonical(name)


def canonical_or_none(ecosystem: str, name: str) -> str | None:
    """The canonical form of a name from a list, None where it is no name."""
    try:
        return canonical(ecosystem, name)
    except InvalidName:
        return None
