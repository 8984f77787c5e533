"""Versions: order, pre-releases, one spelling."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.ecosystems.pypi.versions import canonical_version, is_prerelease, version_key


def test_versions_are_ordered_as_pep_440_says():
    ascending = ["1.0.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0+cu118", "1.0.post1", "1.1", "1!0.1"]

    assert sorted(ascending, key=version_key) == ascending
    assert sorted(set(ascending), key=version_key) == ascending


@pytest.mark.parametrize(
    ("version", "expected"), [("1.0", False), ("1.0rc1", True), ("1.0.dev3", True), ("1.post1", False)]
)
def test_pre_releases_are_known(version, expected):
    assert is_prerelease(version) is expected


@pytest.mark.parametrize(("written", "meant"), [("v1.0-RC1", "1.0rc1"), ("1.0.0", "1.0.0"), ("01.2", "1.2")])
def test_every_spelling_of_a_version_meets_in_one(written, meant):
    assert canonical_version(written) == meant


@pytest.mark.parametrize("version", ["", "latest", "1.0-final-2", "2004d-dev", "1" * 5000, "1.0\n2.0"])
def test_an_old_or_hostile_version_is_a_value_error(version):
    with pytest.raises(ValueError):  # noqa: PT011 - the port promises this very type
        version_key(version)


@given(st.text(max_size=40))
def test_any_text_is_a_version_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert version_key(canonical_version(text)) == version_key(text)
