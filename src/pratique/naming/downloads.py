"""How often a name is downloaded, where a list knows its rank only.

The points for npm, RubyGems and NuGet are read off lists with counts (of 2026, 2020 and 2026), those for PyPI, crates
and Maven are estimates of the same order: the rule they serve asks for a factor of a hundred.
"""

from __future__ import annotations

from itertools import pairwise
from math import log10

_CURVES: dict[str, tuple[tuple[int, float], ...]] = {
    "npm": ((1, 2.4e9), (100, 5.2e8), (1_000, 1.4e8), (3_000, 2.9e7), (10_000, 2.7e6), (60_000, 3.2e4)),
    "pypi": ((1, 1.5e9), (100, 3e8), (1_000, 4e7), (5_000, 3e6), (15_000, 2.5e5)),
    "cargo": ((1, 5e7), (450, 5e6), (2_100, 2e5)),
    "maven": ((1, 1e8), (1_000, 1e6)),
    "rubygems": ((1, 6.3e6), (100, 1e6), (1_000, 1e5), (3_000, 1.1e4), (10_000, 1.1e3), (50_000, 130)),
    "nuget": ((1, 4.2e7), (100, 2e6), (1_000, 1.1e5), (1_500, 2.3e4)),
}
"""Rank and downloads a month, straight lines between them on logarithmic paper."""

_UNLISTED = {"rubygems": 50.0}
"""What a name has at most that no list holds; elsewhere a thousand a month, which mirrors alone come to."""


def estimate(ecosystem: str, rank: int | None) -> float:
    """Downloads a month of a name of this rank, or of one without."""
    curve = _CURVES.get(ecosystem, _CURVES["npm"])
    unlisted = _UNLISTED.get(ecosystem, 1_000.0)
    if rank is None:
        return unlisted
    for (low, most), (high, least) in pairwise(curve):
        if rank <= high:
            share = (log10(rank) - log10(low)) / (log10(high) - log10(low))
            return float(10 ** (log10(most) + share * (log10(least) - log10(most))))
    return max(unlisted, curve[-1][1] * curve[-1][0] / rank)
