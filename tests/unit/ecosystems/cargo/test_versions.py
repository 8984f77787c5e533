"""Versions of crates: SemVer in cargo's bounds; build metadata counts."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.versions import is_version


def test_the_order_is_cargos_own():
    in_order = [
        "0.0.0",
        "1.0.0-0",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0--",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0",
        "1.0.0+0",
        "1.0.0+00",
        "1.0.0+1",
        "1.0.0+01",
        "1.0.0+2",
        "1.0.0+10",
        "1.0.0+10.0",
        "1.0.0+a",
        "1.0.0+a.1",
        "1.0.1",
        f"{2**64 - 1}.0.0",
    ]
    shuffled = in_order[::-1]
    shuffled.sort(key=CARGO.version_key)
    assert shuffled == in_order
    assert len({CARGO.version_key(one) for one in in_order}) == len(in_order)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.0-01", "1.0.0-", "1.0.0+", "1.0.0-a..b", "1.0.0+a_b", " 1.0.0",
     "1.0.0\n", "../1.0.0", f"{2**64}.0.0", f"0.{2**64}.0", f"0.0.{2**64}", "1.0.0-" + "a" * 150, "\u0661.0.0"],
)  # fmt: skip
def test_what_cargo_does_not_read_is_no_version(text):
    assert not is_version(text)
    with pytest.raises(ValueError, match=r"version|number"):
        CARGO.version_key(text)
    with pytest.raises(ValueError, match=r"version|number"):
        CARGO.is_prerelease(text)


@pytest.mark.parametrize("thing", [None, 1, 1.0, True, [], {}, b"1.0.0"])
def test_only_text_is_a_version(thing):
    assert not is_version(thing)


def test_a_prerelease_is_what_has_identifiers_after_a_hyphen():
    assert CARGO.is_prerelease("1.0.0-0+x")
    assert not CARGO.is_prerelease("1.0.0+x-y")


def test_the_longest_version_has_150_characters():
    assert is_version("1.0.0-" + "a" * 144)
    assert not is_version("1.0.0-" + "a" * 145)


@pytest.mark.parametrize(
    ("written", "published"), [("1.2.3", "1.2.3"), (" v1.2.3 ", "1.2.3"), ("1.2.3-b+7", "1.2.3-b+7")]
)
def test_what_a_person_writes_becomes_the_one_spelling(written, published):
    assert CARGO.canonical_version(written) == published


@pytest.mark.parametrize("written", ["1.2", "^1.2.3", "latest", "", "x" * 500, "1.2.3\r\nX"])
def test_a_person_who_writes_no_version_is_told_how(written):
    with pytest.raises(Invalid, match="write all three numbers") as refused:
        CARGO.canonical_version(written)
    assert len(str(refused.value)) < 200


identifiers = st.from_regex(r"0|[1-9][0-9]{0,20}|[0-9]{0,3}[A-Za-z-][0-9A-Za-z-]{0,5}", fullmatch=True)
builds = st.from_regex(r"[0-9A-Za-z-]{1,8}", fullmatch=True)


@st.composite
def versions(draw):
    release = ".".join(str(draw(st.integers(0, 2**64 - 1) | st.integers(0, 3))) for _ in range(3))
    before, after = draw(st.lists(identifiers, max_size=3)), draw(st.lists(builds, max_size=3))
    return release + ("-" + ".".join(before) if before else "") + ("+" + ".".join(after) if after else "")


@given(versions(), versions(), versions())
def test_the_order_is_total_and_tells_all_spellings_apart(one, two, three):
    a, b, c = map(CARGO.version_key, (one, two, three))
    assert (a < b) + (a == b) + (a > b) == 1
    assert not (a <= b <= c) or a <= c
    assert (a == b) == (one == two)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("1.0.0", "1.0.0+a", True), ("1.0.0+a", "1.0.0+B.2", True), ("1.0.0-RC1", "1.0.0-rc1", True),
     ("1.0.0-rc.1", "1.0.0-rc.2", False), ("1.0.0", "1.0.0-a", False), ("1.0.0", "1.0.1", False)],
)  # fmt: skip
def test_an_index_has_one_release_whatever_its_build_and_case(one, other, same):
    assert (CARGO.release_key(one) == CARGO.release_key(other)) is same


@given(versions(), versions())
def test_versions_of_one_release_are_neighbours_in_the_order_but_for_case(one, two):
    if one == one.lower() and two == two.lower() and CARGO.release_key(one) < CARGO.release_key(two):
        assert CARGO.version_key(one) < CARGO.version_key(two)


@given(st.text(max_size=200))
def test_any_text_is_a_version_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        CARGO.version_key(text)
        assert CARGO.canonical_version(text) == text
