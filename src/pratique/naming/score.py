"""How likely a candidate is meant: the weighted sum of its traits, through the logistic function.

Learned by `tools/fit_names.py` on labelled pairs and ordinary names, from which no name is kept; how well it does,
`bench/names.py` measures. Trees did no better, and a sum can be told. What has no labelled pairs has a fixed score.
"""

from __future__ import annotations

from math import exp

from pratique.naming.candidates import Candidate
from pratique.naming.keys import Spelled
from pratique.naming.snapshot import Snapshot
from pratique.naming.traits import traits

START = -1.6
WEIGHTS = {
    "affix_and_misspelling": 1.2,
    "affix_and_misspelling length": -1.6,
    "affix_and_misspelling rank": -0.2,
    "affix_left_out": -0.9,
    "dropped_scope": -1.4,
    "dropped_scope bearers": -3.2,
    "dropped_scope length": 1.8,
    "dropped_scope of a word": -1.7,
    "dropped_scope rank": -0.8,
    "dropped_scope size": 5.2,
    "dropped_scope words": 0.4,
    "flattened_scope": 0.3,
    "generic_affix": -2.4,
    "language_affix": 1.4,
    "leading target": 1.0,
    "misspelling": 2.3,
    "misspelling length": 2.1,
    "misspelling of a scoped name": -1.3,
    "misspelling rank": -2.5,
    "slip adjacent": 1.1,
    "slip at first": -1.3,
    "slip at last": -0.6,
    "slip digit": -0.3,
    "slip doubled": 2.0,
    "slip in a plural": -0.6,
    "slip in one of many": 1.3,
    "slip inserted": -0.4,
    "slip makes a word": -2.1,
    "slip moved": 0.2,
    "slip replaced": -0.8,
    "slip swapped": 2.4,
    "slip undoubled": 0.1,
    "version_suffix": 0.2,
    "word_order": -0.7,
}
FIXED = {
    "same_letters": 0.98,
    "look_alike": 0.8,
    "vendor_prefix": 0.5,
    "contained_id": 0.45,
    "vendor_inside": 0.25,
    "inserted_scope": 0.25,
    "scoped_copy": 0.1,
}
"""Kinds that always mean the same: a rule of the registry, a claim on a vendor's or an owner's prefix."""

LIKE_SCOPES = {"misspelled_scope": (0.6, 0.25), "combined_scope": (0.4, 0.2)}
"""Likeness of scopes: where the other scope has a package of that very name, and where it has none."""

MOST = {"dropped_scope": 0.64, "language_affix": 0.64, "version_suffix": 0.64}
"""Kinds that never hold by themselves: a word or a number added is mostly honest; and a name proper that many scopes
have says less, so that further names may lower that score, which may never take a hold away."""


def score(snapshot: Snapshot, typed: Spelled, candidate: Candidate) -> float:
    """From 0, unlike, to 1, certainly taken for it."""
    fixed = FIXED.get(candidate.kind)
    if fixed is not None:
        return fixed
    if candidate.kind in LIKE_SCOPES:
        return LIKE_SCOPES[candidate.kind][candidate.number is None]
    total = START + sum(WEIGHTS.get(name, 0.0) * value for name, value in traits(snapshot, typed, candidate).items())
    return min(1 / (1 + exp(-total)), MOST.get(candidate.kind, 1.0))
