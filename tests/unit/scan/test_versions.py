"""The version of the rules, told without loading them."""

from __future__ import annotations

from pratique.scan.detectors.registry import DETECTORS
from pratique.scan.detectors.versions import rules_version, version_of


def test_the_version_of_the_rules_is_that_of_all_detectors():
    told = [(one.id, one.version) for one in DETECTORS]

    assert rules_version() == version_of(told)
    assert version_of([*told, ("another", 1)]) != version_of(told)
    assert version_of([(told[0][0], told[0][1] + 1), *told[1:]]) != version_of(told)
