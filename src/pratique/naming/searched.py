"""The same look-ups as the indexes, by searching texts: for who asks seldom and has little room.

A server checks a name when a project is founded, and when a young one is installed; it builds no index for that.
Measured: see `docs/adr/0023`.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

import msgspec

from pratique.naming.affixes import stem
from pratique.naming.exact_index import MOST_FOUND
from pratique.naming.keys import keys_of_all, skeletons_of_all
from pratique.naming.near_index import LONGEST, SHORTEST
from pratique.naming.slips import FARTHEST, slip

_TOGETHER = 4_096
"""Names taken apart at once: lists of all their forms would take ten times the memory of the texts."""


class SameLength(msgspec.Struct, frozen=True):
    """Lines of one length, with the numbers of their names.

    Attributes:
        text: the lines, each between line breaks.
        numbers: one for each line.
    """

    text: str
    numbers: array[int]

    def places(self, part: str) -> Iterator[int]:
        """Where a part of the text stands, from the front."""
        found = self.text.find(part)
        while found >= 0:
            yield found
            found = self.text.find(part, found + 1)

    def line(self, place: int, length: int) -> tuple[str, int]:
        """The line that a place falls into, and its number."""
        start = place - place % (length + 1)
        return self.text[start + 1 : start + 1 + length], self.numbers[start // (length + 1)]


class SearchedLines(msgspec.Struct, frozen=True):
    """Lines with numbers, by their length: only those that can fit are searched."""

    groups: dict[int, SameLength]

    def equal(self, line: str) -> Iterator[int]:
        """Numbers of the lines that are this, in the order in which they were laid down."""
        group = self.groups.get(len(line))
        if group is not None:
            for place in group.places(f"\n{line}\n"):
                yield group.line(place, len(line))[1]

    def touching(self, beginning: str, ending: str, length: int) -> Iterator[tuple[str, int]]:
        """Lines of a length that begin or end so, with their numbers; those that do both come twice."""
        group = self.groups.get(length)
        if group is not None:
            for place in group.places(f"\n{beginning}"):
                if place < len(group.text) - 1:
                    yield group.line(place, length)
            for place in group.places(f"{ending}\n"):
                if place:
                    yield group.line(place + len(ending) - 1, length)


class SearchedForms(msgspec.Struct, frozen=True):
    """Every form of every name; answers as `exact_index.ExactIndex` does."""

    lines: SearchedLines

    def find(self, form: str) -> list[int]:
        """Numbers of the names that have the form, lowest first, at most `MOST_FOUND`."""
        return [number for number, _ in zip(self.lines.equal(form), range(MOST_FOUND), strict=False)]


class SearchedSlips(msgspec.Struct, frozen=True):
    """Skeletons of popular names, and what is left of them without an affix; answers as `near_index.NearIndex` does."""

    lines: SearchedLines

    def find(self, typed: str) -> set[int]:
        """Numbers of names that are one slip away, or the same."""
        if not SHORTEST <= len(typed) <= LONGEST:
            return set()
        return {*self._in_one_half(typed), *(number for text in _moved(typed) for number in self.lines.equal(text))}

    def _in_one_half(self, typed: str) -> Iterator[int]:
        """A slip of one place, or of two neighbours, leaves one half as it is."""
        half = (len(typed) - 1) // 2
        for length in range(max(len(typed) - 1, SHORTEST), len(typed) + 2):
            for line, number in self.lines.touching(typed[:half], typed[-half:], length):
                if line == typed or slip(typed, line):
                    yield number


def _moved(typed: str) -> Iterator[str]:
    """All texts in which one character stands some places further: it may have come over the middle."""
    for width in range(2, min(FARTHEST, len(typed)) + 1):
        for start in range(len(typed) - width + 1):
            part = typed[start : start + width]
            for other in {part[1:] + part[0], part[-1] + part[:-1]}:
                yield typed[:start] + other + typed[start + width :]


def search_forms(ecosystem: str, names: Iterable[str]) -> SearchedForms:
    """Lay out the forms of names, numbered from 0 as they come."""
    return SearchedForms(_lay_out(keys_of_all(ecosystem, names)))


def search_slips(ecosystem: str, names: Iterable[str]) -> SearchedSlips:
    """Lay out what slips are looked for in, numbered from 0 as the names come."""
    return SearchedSlips(_lay_out(_near(ecosystem, bare) for bare in skeletons_of_all(names)))


def _near(ecosystem: str, bare: str) -> Collection[str]:
    rest = stem(ecosystem, bare)
    found = (bare,) if rest == bare else (bare, rest)
    return [text for text in found if SHORTEST <= len(text) <= LONGEST]


def _lay_out(lines_of_names: Iterable[Collection[str]]) -> SearchedLines:
    waiting: defaultdict[int, list[str]] = defaultdict(list)
    parts: defaultdict[int, list[str]] = defaultdict(list)
    numbers: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
    for number, lines in enumerate(lines_of_names):
        for line in lines:
            size = len(line)
            waiting[size].append(line)
            numbers[size].append(number)
        if number % _TOGETHER == 0:
            _join(waiting, parts)
    _join(waiting, parts)
    texts = {size: "\n".join(["", *some, ""]) for size, some in parts.items()}
    return SearchedLines({size: SameLength(text, numbers[size]) for size, text in texts.items()})


def _join(waiting: defaultdict[int, list[str]], parts: defaultdict[int, list[str]]) -> None:
    for size, lines in waiting.items():
        if lines:
            parts[size].append("\n".join(lines))
            lines.clear()
