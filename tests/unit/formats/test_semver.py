"""SemVer 2.0.0: what is a version, and which one is newer."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.formats import semver

identifiers = st.one_of(
    st.integers(0, 10**20).map(str), st.from_regex(r"[0-9]{0,3}[A-Za-z-][0-9A-Za-z-]{0,5}", fullmatch=True)
)
numbers = st.integers(0, 30)


@st.composite
def semvers(draw):
    release = ".".join(str(draw(numbers)) for _ in range(3))
    prerelease = ".".join(draw(st.lists(identifiers, max_size=3)))
    return release + (f"-{prerelease}" if prerelease else "")


def test_the_order_is_the_one_of_the_specification():
    in_order = [
        "0.9.9",
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-11",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "2.0.0",
        "2.1.0",
        "2.1.1",
        "10.0.0",
    ]
    shuffled = in_order[::-1]
    shuffled.sort(key=semver.sort_key)
    assert shuffled == in_order


def test_build_metadata_does_not_count_in_the_order():
    assert semver.sort_key("1.0.0+a.1") == semver.sort_key("1.0.0+b") == semver.sort_key("1.0.0")


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.2", "1.2.3.4", "v1.2.3", "=1.2.3", " 1.2.3", "1.2.3 ", "1.2.3\n", "01.2.3", "1.2.3-01", "1.2.3-",
     "1.2.3-a..b", "1.2.3+", "1.2.3-é", "1.2.3-a_b", "\u0661.2.3", "1.2.x", "*", "latest", "-1.2.3"],
)  # fmt: skip
def test_what_is_not_exactly_a_version_is_refused(text):
    with pytest.raises(ValueError, match="SemVer"):
        semver.parse(text)


def test_numbers_with_a_leading_zero_are_words_only_beside_letters():
    assert semver.parse("1.0.0-0a").prerelease == ("0a",)


def test_a_prerelease_is_what_has_identifiers_after_a_hyphen():
    assert semver.is_prerelease("1.0.0-0")
    assert not semver.is_prerelease("1.0.0+x-y")


def test_the_text_form_loses_only_the_build():
    assert semver.parse("1.2.3-beta.1+exp.5").without_build == "1.2.3-beta.1"


@given(semvers(), semvers(), semvers())
def test_the_order_is_total(one, two, three):
    a, b, c = (semver.sort_key(each) for each in (one, two, three))
    assert (a < b) + (a == b) + (a > b) == 1
    assert not (a <= b <= c) or a <= c
    assert (one == two) == (a == b)


@given(semvers())
def test_a_version_without_build_is_its_own_text_form(version):
    assert semver.parse(version).without_build == version


@given(st.text(max_size=30))
def test_any_text_is_a_version_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert semver.parse(text).without_build == text.partition("+")[0]
