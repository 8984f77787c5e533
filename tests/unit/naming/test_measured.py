"""The committed pairs stay found, and ordinary names stay undisturbed: the figures may not fall unnoticed."""

from __future__ import annotations

from functools import cache

import pytest
from bench.names import DATA, Pair, disturbed, read_ordinary, read_pairs, seen

from pratique.naming.corpus import shipped, shipped_others
from pratique.naming.snapshot import Snapshot, build

MOST_POPULAR = 12_000
"""Popular names that the snapshots here hold, so that they are made quickly."""
ORDINARY = 600


@cache
def pairs() -> tuple[Pair, ...]:
    return tuple(read_pairs(DATA / "name-pairs.csv"))


@cache
def snapshot(ecosystem: str) -> Snapshot:
    targets = [pair.target for pair in pairs() if pair.ecosystem == ecosystem]
    return build(ecosystem, shipped(ecosystem)[:MOST_POPULAR], [*shipped_others(ecosystem), *targets])


def recall(ecosystem: str, *kinds: str) -> float:
    squats = [pair for pair in pairs() if pair.ecosystem == ecosystem and pair.label == "pos"]
    found = seen({ecosystem: snapshot(ecosystem)}, [pair for pair in squats if not kinds or pair.kind in kinds]).value
    assert found is not None
    return found


@pytest.mark.parametrize(("ecosystem", "least"), [("npm", 0.74), ("pypi", 0.62), ("rubygems", 0.99), ("cargo", 0.37)])
def test_squats_of_the_committed_pairs_are_found(ecosystem, least):
    assert recall(ecosystem) >= least


@pytest.mark.parametrize(("ecosystem", "most"), [("npm", 0.014), ("pypi", 0.014)])
def test_ordinary_names_are_hardly_disturbed(ecosystem, most):
    share = disturbed(snapshot(ecosystem), read_ordinary()[ecosystem][::5][:ORDINARY]).value

    assert share is not None
    assert share <= most
