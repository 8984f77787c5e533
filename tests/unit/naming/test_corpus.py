"""Lists of names: what they may hold, and what the shipped ones do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.naming.corpus import pack, shipped, shipped_others
from pratique.naming.downloads import estimate
from pratique.naming.spelling import SPELLINGS, canonical_or_none


@given(st.lists(st.text(max_size=6)))
def test_names_come_back_by_their_number(names):
    packed = pack(names)

    assert [packed[number] for number in range(len(packed))] == names


@pytest.mark.parametrize("ecosystem", SPELLINGS)
def test_shipped_names_are_canonical(ecosystem):
    names = [known.name for known in shipped(ecosystem)]

    assert len(names) >= 1000
    assert [name for name in names if canonical_or_none(ecosystem, name) != name] == []


def test_names_of_scopes_that_others_may_not_look_like_are_shipped():
    assert "@azure/arm-analysisservices" in shipped_others("npm")
    assert shipped_others("pypi") == []
    assert shipped("../npm") == []


def test_vendors_of_nuget_are_known():
    names = {known.name for known in shipped("nuget")}

    assert {"newtonsoft.json", "microsoft.extensions.logging", "system.text.json", "awssdk.core"} <= names


@pytest.mark.parametrize("ecosystem", SPELLINGS)
def test_a_higher_rank_is_never_estimated_less_downloaded(ecosystem):
    estimates = [estimate(ecosystem, rank) for rank in (1, 2, 90, 1_000, 5_000, 60_000, 900_000)]

    assert estimates == sorted(estimates, reverse=True)
    assert estimates[-1] >= estimate(ecosystem, None) > 0
