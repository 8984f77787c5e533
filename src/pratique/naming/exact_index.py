"""From a form of a name to all names that have it, over a whole ecosystem.

A form is kept as 40 bits of its BLAKE2 digest: whoever may register names could fill a bucket of a weaker one.
Measured: see `bench/names.py`; a dictionary of the same takes fifteen times the memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from pratique.naming.keys import as_bytes
from pratique.naming.sorted_words import KEY_BITS, MOST_NUMBERS, SortedWords, pair, sort_words

MOST_NAMES = MOST_NUMBERS
_KEY_BYTES = KEY_BITS // 8
MOST_FOUND = 16
"""Names looked at for one form, the most popular first: a flood of equal ones costs no more than that."""


class ExactIndex(msgspec.Struct, frozen=True):
    """Digests of forms, with the numbers of names."""

    pairs: SortedWords

    def find(self, form: str) -> list[int]:
        """Numbers of the names that have the form, lowest first, at most `MOST_FOUND`.

        About one in a million answers holds a name that has it not: who asks looks at the name.
        """
        return self.pairs.find(_digest(form), MOST_FOUND)


def index(formed: Iterable[tuple[str, int]]) -> ExactIndex:
    """Make an index of forms and the numbers of their names, each below `MOST_NAMES`."""
    return ExactIndex(sort_words([pair(_digest(form), number) for form, number in formed]))


def _digest(form: str) -> int:
    return int.from_bytes(blake2b(as_bytes(form), digest_size=_KEY_BYTES).digest(), "big")
