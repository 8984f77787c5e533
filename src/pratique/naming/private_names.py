"""Which names look as if they were nobody's in public, judged by the name alone."""

from __future__ import annotations

import functools
import re
from itertools import islice

from pratique.core.globs import glob_matches
from pratique.naming import popular
from pratique.naming.corpus import shipped, shipped_others

_WORDS = frozenset({"internal", "private", "corp", "corporate", "intranet", "inhouse", "proprietary", "confidential"})
_PARTS = re.compile(r"[^a-z0-9]+")


def is_known(ecosystem: str, name: str) -> bool:
    """Whether a name is among the public ones that come with the package."""
    return popular.rank(ecosystem, name) is not None or name in _others(ecosystem)


def known_like(ecosystem: str, pattern: str, most: int, after: str = "") -> list[str]:
    """The first popular names that a glob matches, in their order; none for one that begins with a `*`.

    Args:
        ecosystem: id.
        pattern: the glob.
        most: how many at most.
        after: only names behind this one.
    """
    head = pattern.partition("*")[0]
    named = popular.starting_with(ecosystem, head) if head else iter(())
    return list(islice((name for name in named if name > after and glob_matches(pattern, name)), most))


def looks_private(ecosystem: str, name: str) -> str:
    """What in a name that is not well known says that it is private, as a clause; empty where nothing does.

    Args:
        ecosystem: id.
        name: canonical.
    """
    if is_known(ecosystem, name):
        return ""
    word = next((part for part in _PARTS.split(name.lower()) if part in _WORDS), "")
    if word:
        return f'has "{word}" in it'
    scope, slash, _ = name.partition("/")
    if ecosystem == "npm" and slash and scope not in _scopes():
        return f"is in {scope}, a scope of no well-known package"
    return ""


@functools.cache
def _others(ecosystem: str) -> frozenset[str]:
    return frozenset(shipped_others(ecosystem))


@functools.cache
def _scopes() -> frozenset[str]:
    named = [one.name for one in shipped("npm")] + shipped_others("npm")
    return frozenset(name.partition("/")[0] for name in named if name.startswith("@"))
