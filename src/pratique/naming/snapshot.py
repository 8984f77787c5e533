"""All that is known of an ecosystem's names at one moment, ready to be asked."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import NamedTuple, Protocol

import msgspec

from pratique.naming import exact_index, near_index
from pratique.naming.affixes import stem
from pratique.naming.corpus import Known, Names, pack, shipped_names, shipped_others
from pratique.naming.downloads import estimate
from pratique.naming.keys import keys, look, scopes_of, segments, skeleton, spell, spell_all, words_of_all
from pratique.naming.near_index import NearIndex
from pratique.naming.searched import search_forms, search_slips

MOST_NEAR = 60_000
"""Popular names that a slip of the finger is looked for in."""
_FAMILIAR = 4
"""A word is familiar if so many popular names have it."""
_PROTECTED = 3
"""Packages that make a scope one that others may not look like; or one popular package."""
_PROTECTED_RANK = 10_000


class FindsForms(Protocol):
    """Looks forms up among all names, as `exact_index.ExactIndex` does."""

    def find(self, form: str) -> list[int]:
        """Numbers of the names that have the form, lowest first."""
        ...


class FindsSlips(Protocol):
    """Looks up what is nearly the same among popular names, as `near_index.NearIndex` does."""

    def find(self, typed: str) -> set[int]:
        """Numbers of names that may be one slip away; who asks compares them."""
        ...


class Scopes(msgspec.Struct, frozen=True):
    """The scopes of an ecosystem.

    Attributes:
        sizes: scope (as written in small letters) to how many known packages it has.
        protected: scopes that nobody else may look like, in a fixed order.
        near: slips in the skeletons of protected ones, by their number.
        words: the words of a protected scope, joined by blanks, to its number.
    """

    sizes: dict[str, int]
    protected: tuple[str, ...]
    near: NearIndex
    words: dict[str, int]


class Snapshot(msgspec.Struct, frozen=True):
    """Everything the check of a name looks at besides the name.

    Attributes:
        ecosystem: id.
        names: by number, the popular ones first, in order.
        popular: how many of them are popular; number + 1 is the rank.
        downloads: a month, of each popular name, where counts are known; else empty.
        exact: every key of every name.
        near: slips in popular names, and in what is left of them without an affix.
        scopes: what stands before names.
        familiar: words that several popular names have.
    """

    ecosystem: str
    names: Names
    popular: int
    downloads: array[int]
    exact: FindsForms
    near: FindsSlips
    scopes: Scopes
    familiar: frozenset[str]

    def rank(self, number: int) -> int | None:
        """The rank of a name by its number, None if it is not popular."""
        return number + 1 if number < self.popular else None

    def monthly(self, number: int | None) -> float:
        """Downloads a month of a name by its number, None for one that nobody knows; estimated without counts."""
        if number is not None and number < len(self.downloads):
            return max(float(self.downloads[number]), 1.0)
        return estimate(self.ecosystem, None if number is None else self.rank(number))

    def number(self, name: str) -> int | None:
        """The number of a canonical name, None if it is not known."""
        spelled = spell(self.ecosystem, name)
        looks = look(spelled.skeleton)
        found = self.exact.find("@" + looks if spelled.scope else looks)
        return next((number for number in found if self.names[number] == name), None)


def build(ecosystem: str, popular: Sequence[Known], others: Iterable[str] = ()) -> Snapshot:
    """Make a snapshot with indexes: for many names to check.

    Args:
        ecosystem: id.
        popular: the most popular first, canonical; a name that comes twice counts where it comes first.
        others: further names that exist, canonical.
    """
    names = list(dict.fromkeys(known.name for known in popular))
    return _build(ecosystem, names, _counts(popular, names), others, _INDEXED)


def build_small(ecosystem: str, popular: Sequence[Known], others: Iterable[str] = ()) -> Snapshot:
    """Make a snapshot without indexes, which says the same: quickly made and small, but slower to ask."""
    names = list(dict.fromkeys(known.name for known in popular))
    return _build(ecosystem, names, _counts(popular, names), others, _SEARCHED)


def build_shipped(ecosystem: str) -> Snapshot:
    """A small snapshot of what comes with the package, made without much memory on the way."""
    return _build(ecosystem, shipped_names(ecosystem), array("Q"), shipped_others(ecosystem), _SEARCHED)


class _LookUps(NamedTuple):
    """How names are laid out to be found."""

    forms: Callable[[str, Iterable[str]], FindsForms]
    slips: Callable[[str, Iterable[str]], FindsSlips]


def _build(
    ecosystem: str, popular: Sequence[str], downloads: array[int], others: Iterable[str], look_ups: _LookUps
) -> Snapshot:
    count = len(popular)
    names = pack(dict.fromkeys(chain(popular, others)))
    del popular, others  # a name takes five times as much in a list
    return Snapshot(
        ecosystem,
        names,
        count,
        downloads,
        look_ups.forms(ecosystem, names),
        look_ups.slips(ecosystem, islice(names, min(count, MOST_NEAR))),
        _scopes(ecosystem, names, count),
        _familiar(islice(names, count)),
    )


def _counts(popular: Iterable[Known], names: Sequence[str]) -> array[int]:
    """Downloads of each name; none at all where some are not known."""
    first = {known.name: known.downloads for known in reversed(list(popular))}
    counted = [first[name] for name in names]
    return array("Q", (count or 0 for count in counted)) if None not in counted else array("Q")


def _indexed_forms(ecosystem: str, names: Iterable[str]) -> FindsForms:
    return exact_index.index(_keyed(ecosystem, names))


def _indexed_slips(ecosystem: str, names: Iterable[str]) -> FindsSlips:
    return near_index.index(_near_forms(ecosystem, names))


_INDEXED = _LookUps(_indexed_forms, _indexed_slips)
_SEARCHED = _LookUps(search_forms, search_slips)


def _keyed(ecosystem: str, names: Iterable[str]) -> Iterable[tuple[str, int]]:
    for number, spelled in enumerate(spell_all(ecosystem, names)):
        for key in keys(spelled):
            yield key, number


def _near_forms(ecosystem: str, names: Iterable[str]) -> Iterable[tuple[str, int]]:
    for number, spelled in enumerate(spell_all(ecosystem, names)):
        for text in {spelled.skeleton, stem(ecosystem, spelled.skeleton)}:
            yield text, number


def _scopes(ecosystem: str, names: Iterable[str], popular: int) -> Scopes:
    sizes: Counter[str] = Counter()
    leading: set[str] = set()
    for number, scope in scopes_of(ecosystem, names):
        sizes[scope] += 1
        if number < min(popular, _PROTECTED_RANK):
            leading.add(scope)
    protected = tuple(scope for scope, size in sizes.items() if size >= _PROTECTED or scope in leading)
    words = {" ".join(segments(scope)): number for number, scope in reversed([*enumerate(protected)])}
    near = near_index.index((skeleton(scope), number) for number, scope in enumerate(protected))
    return Scopes(dict(sizes), protected, near, words)


def _familiar(names: Iterable[str]) -> frozenset[str]:
    counts: Counter[str] = Counter(chain.from_iterable(map(set, words_of_all(names))))
    return frozenset(word for word, count in counts.items() if count >= _FAMILIAR)
