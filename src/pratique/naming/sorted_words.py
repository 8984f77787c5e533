"""From keys of 40 bits to numbers of 24, in nine bytes a pair: sorted words, and a directory of where keys begin.

Keys are spread evenly, as digests are, so the directory leads to within some words of the place.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left

import msgspec

KEY_BITS, NUMBER_BITS = 40, 24
MOST_NUMBERS = 1 << NUMBER_BITS
_NUMBER = MOST_NUMBERS - 1
_TOGETHER = 4
"""Words for each entry of the directory."""
_NEARBY = 64
"""Words after the last entry among which the next one mostly begins."""


class SortedWords(msgspec.Struct, frozen=True):
    """Pairs in order.

    Attributes:
        words: key and number in one word each.
        starts: for the first bits of a key, the place of the first word with them or later ones.
        shift: how many bits of a key the directory leaves out.
    """

    words: array[int]
    starts: array[int]
    shift: int

    def find(self, key: int, most: int = MOST_NUMBERS) -> list[int]:
        """The numbers of a key, lowest first, at most so many."""
        entry = key >> self.shift
        start, end = self.starts[entry], self.starts[entry + 1]
        if start == end:
            return []
        words = self.words
        found: list[int] = []
        place = bisect_left(words, key << NUMBER_BITS, start, end)
        while place < end and words[place] >> NUMBER_BITS == key and len(found) < most:
            found.append(words[place] & _NUMBER)
            place += 1
        return found


def pair(key: int, number: int) -> int:
    """A key and a number in one word."""
    return (key << NUMBER_BITS) + number


def sort_words(words: list[int]) -> SortedWords:
    """Put pairs in order; the list is sorted in place."""
    words.sort()
    bits = min(max((len(words) // _TOGETHER).bit_length(), 1), KEY_BITS)
    step, place = 1 << NUMBER_BITS + KEY_BITS - bits, 0
    starts = array("I")
    for first in range(0, step << bits, step):
        place = bisect_left(words, first, place, min(place + _NEARBY, len(words)))
        if place < len(words) and words[place] < first:
            place = bisect_left(words, first, place)
        starts.append(place)
    starts.append(len(words))
    return SortedWords(array("Q", words), starts, KEY_BITS - bits)
