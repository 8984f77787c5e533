"""How grave an advisory is: the feed's word, else what its CVSS vector comes to."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import cvss

from pratique.core.advisories import Cvss

_LONGEST_VECTOR = 400

_ORDER = ("CVSS_V3", "CVSS_V4", "CVSS_V2")
"""The third version first: it is what most clients know."""

_SCORE: dict[str, Callable[[str], Decimal]] = {
    "CVSS_V2": lambda vector: cvss.CVSS2(vector).base_score,
    "CVSS_V3": lambda vector: cvss.CVSS3(vector).base_score,
    "CVSS_V4": lambda vector: cvss.CVSS4(vector).base_score,
}

_WORDS = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))
"""Source: the CVSS 3.1 specification, "Qualitative Severity Rating Scale"."""


def read_rating(severity: Any) -> Cvss | None:
    """The rating in a record's `severity` list, None if nobody states one that can be read."""
    stated = [one for one in severity if isinstance(one, dict)] if isinstance(severity, list) else []
    for kind in _ORDER:
        for one in stated:
            vector = one.get("score")
            if one.get("type") == kind and isinstance(vector, str):
                found = _rated(kind, vector)
                if found is not None:
                    return found
    return None


def severity_word(word: str, rating: Cvss | None) -> str:
    """The feed's word; where it has none the word for the score, and `unrated` without either."""
    if word != "unrated" or rating is None:
        return word
    return next((name for least, name in _WORDS if rating.score >= least), "low")


@functools.lru_cache(maxsize=4096)
def _rated(kind: str, vector: str) -> Cvss | None:
    if len(vector) > _LONGEST_VECTOR:
        return None
    try:
        return Cvss(vector, float(_SCORE[kind](vector)))
    except (cvss.CVSSError, ValueError, ArithmeticError, LookupError):
        return None
