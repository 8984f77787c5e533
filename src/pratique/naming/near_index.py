"""Which of some thousand names differ from a typed one in a single place.

Two texts that differ by one character more, less, other, or by two neighbours swapped, share a form with at most
one character left out of each. Those forms of every name stand sorted, as 32 bits of checksum and the name's number
in one word; a table of their last bits answers most questions at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

import msgspec

from pratique.naming.keys import as_bytes
from pratique.naming.sorted_words import KEY_BITS, NUMBER_BITS, SortedWords, pair, sort_words

SHORTEST, LONGEST = 4, 64
"""Lengths within which a slip of the finger says something."""

_SPREAD = KEY_BITS - 32
_ROOM = 8
"""Places of the table for each form, so that at most one question in eight is asked in vain."""


class NearIndex(msgspec.Struct, frozen=True):
    """Checksums of forms with the numbers of names, and a table of the checksums there are, by their last bits."""

    pairs: SortedWords
    table: bytes

    def find(self, typed: str) -> set[int]:
        """Numbers of names that may be one slip away, the name itself too; who asks compares them."""
        if not SHORTEST <= len(typed) <= LONGEST:
            return set()
        table, last = self.table, len(self.table) - 1
        likely = [check for check in _checksums(typed) if table[check & last]]
        return {number for check in likely for number in self.pairs.find(check << _SPREAD)} if likely else set()


def index(skeletons: Iterable[tuple[str, int]]) -> NearIndex:
    """Make an index of texts with their numbers; those too short or too long are left out."""
    words: list[int] = []
    for text, number in skeletons:
        if SHORTEST <= len(text) <= LONGEST:
            words += [pair(check << _SPREAD, number) for check in set(_checksums(text))]
    size = 1 << (_ROOM * len(words)).bit_length()
    table, last, shift = bytearray(size), size - 1, _SPREAD + NUMBER_BITS
    for word in words:
        table[word >> shift & last] = 1
    return NearIndex(sort_words(words), bytes(table))


def _checksums(text: str) -> list[int]:
    """CRC-32 of the text, and of it with each byte left out: that of what stands before goes on with what follows."""
    whole = as_bytes(text)
    head, found = 0, [crc32(whole)]
    for place in range(1, len(whole) + 1):
        found.append(crc32(whole[place:], head))
        head = crc32(whole[place - 1 : place], head)
    return found
