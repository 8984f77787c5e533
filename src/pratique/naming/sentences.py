"""How a likeness is told."""

from __future__ import annotations

from pratique.naming.candidates import Candidate
from pratique.naming.registry_rules import refused_by
from pratique.naming.slips import Slip

_HOW = {
    "same_letters": "the letters are the same, only case or delimiters differ",
    "look_alike": "the characters that differ look alike",
    "word_order": "the words are the same in another order",
    "flattened_scope": "it is the same with the scope written into the name",
    "inserted_scope": "it is the same but for a scope made of its first letters",
    "dropped_scope": "it is the same without its scope",
    "scoped_copy": "it is the same below another scope",
    "language_affix": "only a word for the language is added",
    "generic_affix": "only a word that fits every name is added",
    "version_suffix": "only a number is added",
    "affix_left_out": "only a word for the language is left out",
    "misspelled_scope": "its scope is nearly the same",
    "combined_scope": "its scope has this one in it",
    "vendor_prefix": "ids that begin so belong to that vendor",
    "contained_id": "it ends in that whole id",
    "vendor_inside": "that vendor's name stands in it",
}
"""By kind of candidate; misspellings are told by their slip."""


def tell(ecosystem: str, name: str, candidate: Candidate, rank: int | None) -> str:
    """Why a name could be taken for another, in one sentence of printable ASCII."""
    known = "" if rank is None else f", number {rank} of the most used"
    how = _HOW.get(candidate.kind) or _slipped(candidate)
    registry = refused_by(ecosystem, name, candidate.target)
    also = f"; {registry} itself would refuse it" if registry else ""
    return f"{_shown(name)} could be taken for {_shown(candidate.target)}{known}: {how}{also}"


def _slipped(candidate: Candidate) -> str:
    told = _slip(candidate.slip) if candidate.slip else "one character differs"
    return f"{told}, and a word for the language differs" if candidate.kind == "affix_and_misspelling" else told


def _slip(slip: Slip) -> str:
    typed, meant = _shown(slip.typed), _shown(slip.meant)
    return {
        "swapped": f"{meant} is written {typed}",
        "moved": f"{meant} is written {typed}",
        "doubled": f"{typed} is doubled",
        "inserted": f"{typed} is added",
        "omitted": f"{meant} is left out",
        "undoubled": f"one of two {meant} is left out",
        "replaced": f"{typed} stands for {meant}",
    }[slip.kind]


def _shown(name: str) -> str:
    return f'"{ascii(name)[1:-1]}"'
