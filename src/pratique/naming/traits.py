"""What speaks for and against a candidate: named numbers from 0 to about 1, which the score adds up by weight."""

from __future__ import annotations

from math import log10

from pratique.naming.candidates import Candidate
from pratique.naming.keys import Spelled, look
from pratique.naming.slips import Slip
from pratique.naming.snapshot import Snapshot

_UNRANKED = 1_000_000
_LEADING = 3_000
_MISTYPED = frozenset({"misspelling", "affix_and_misspelling"})
_BY_POPULARITY = frozenset({"misspelling", "affix_and_misspelling", "dropped_scope", "look_alike"})


def traits(snapshot: Snapshot, typed: Spelled, candidate: Candidate) -> dict[str, float]:
    """Name every trait of a candidate; one that is left out is 0.

    Returns:
        Trait to value. `rank` is the logarithm of the target's rank, 0 for the first name and 1 for one that no list
        holds; `length` twentieths of a character; all others 0 or 1 unless told here.
    """
    kind = candidate.kind
    found = {kind: 1.0}
    rank = None if candidate.number is None else snapshot.rank(candidate.number)
    if kind in _BY_POPULARITY:
        found[f"{kind} rank"] = log10(rank or _UNRANKED) / 6
        found[f"{kind} length"] = min(len(typed.skeleton), 20) / 20
    if rank is not None and rank <= _LEADING:
        found["leading target"] = 1.0
    if candidate.slip and kind in _MISTYPED:
        found |= _slip_traits(snapshot, typed, candidate.slip, kind)
        if "/" in candidate.target and kind == "misspelling":
            found["misspelling of a scoped name"] = 1.0
    if kind == "dropped_scope":
        found |= _scope_traits(snapshot, typed, candidate)
    return found


def _slip_traits(snapshot: Snapshot, typed: Spelled, slip: Slip, kind: str) -> dict[str, float]:
    found = {f"slip {trait}": 1.0 for trait in slip.traits}
    if slip.place == 0:
        found["slip at first"] = 1.0
    end = len(typed.skeleton)
    if slip.place + len(slip.typed) >= end:
        found["slip at last"] = 1.0
        if "s" in (slip.typed, slip.meant):
            found["slip in a plural"] = 1.0
    if kind == "misspelling":
        word = _word_at(typed, slip.place)
        if word in snapshot.familiar:
            found["slip makes a word"] = 1.0
        if word != typed.skeleton:
            found["slip in one of many"] = 1.0
    return found


def _scope_traits(snapshot: Snapshot, typed: Spelled, candidate: Candidate) -> dict[str, float]:
    scope = candidate.target.partition("/")[0].lower()
    size = snapshot.scopes.sizes.get(scope, 1)
    words = typed.words
    found = {"dropped_scope size": min(log10(size), 3) / 3}
    found["dropped_scope words"] = min(len(words) - 1, 3) / 3
    if len(words) == 1 and words[0] in snapshot.familiar:
        found["dropped_scope of a word"] = 1.0
    bearers = len(snapshot.exact.find("@" + look(typed.skeleton)))
    found["dropped_scope bearers"] = min(bearers, 8) / 8
    return found


def _word_at(typed: Spelled, place: int) -> str:
    """The word of the typed name that a place in its skeleton falls into."""
    words = typed.words
    for word in words:
        if place < len(word):
            return word
        place -= len(word)
    return words[-1] if words else ""
