"""Imported ranks, and behind them those that came along: nobody imports the protection of a popular name away."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from pratique.naming.corpus import Known, shipped_names
from pratique.naming.downloads import estimate
from pratique.naming.snapshot import MOST_NEAR

_KEPT_NEAR = 10_000
"""Leading names that came along for which a slip is looked for, however long the imported list is."""


def with_shipped(ecosystem: str, imported: Sequence[Known]) -> list[Known]:
    """All popular names, those of the imported list first, each name once.

    A name counts as downloaded at least as often as it did before the import: the counts of a list may be those of one
    mirror, and a target that seems rare is no longer asked about at install.

    Args:
        ecosystem: id.
        imported: canonical, the most popular first.
    """
    found: dict[str, int] = {}
    for rank, one in enumerate(imported, 1):
        counted = int(estimate(ecosystem, rank)) if one.downloads is None else one.downloads
        found.setdefault(one.name, counted)
    usual = {name: int(estimate(ecosystem, rank)) for rank, name in enumerate(shipped_names(ecosystem), 1)}
    return [Known(name, max(found.get(name, 0), usual.get(name, 0))) for name in _in_order(list(found), list(usual))]


def _in_order(imported: list[str], shipped: list[str]) -> list[str]:
    ahead = MOST_NEAR - _KEPT_NEAR
    places = (islice(imported, ahead), islice(shipped, _KEPT_NEAR), islice(imported, ahead, None), shipped)
    return list(dict.fromkeys(name for some in places for name in some))
