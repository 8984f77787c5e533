"""Names of crates: one canonical form, twins, and names that nobody may newly take."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import InvalidName
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.names import crate_filename, index_path
from tests.harness import crates

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,63}", fullmatch=True)


@pytest.mark.parametrize(
    ("written", "canonical"), [("serde", "serde"), ("Inflector", "inflector"), ("A", "a"), ("a-b_C9", "a-b_c9")]
)
def test_an_index_keeps_a_crate_under_its_name_in_small_letters_with_its_dashes(written, canonical):
    assert CARGO.canonical(written) == canonical


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("serde json", "serde-json"),
        ("2d", "d"),
        ("_private", "private"),
        ("caf\u00e9", "cafe"),
        ("@acme/lib", "acme-lib"),
        ("../left", "left"),
    ],
)
def test_what_is_no_name_is_refused_with_what_was_perhaps_meant(written, meant):
    with pytest.raises(InvalidName, match=f'Did you mean "{meant}"'):
        CARGO.canonical(written)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "is missing"),
        ("a" * 65, "it has 65 characters, at most 64"),
        ("..", "only ASCII letters"),
        ("left\n", "only ASCII letters"),
        ("left\x00", "only ASCII letters"),
        ("\u0455erde", "only ASCII letters"),
        ("\u212aernel", "only ASCII letters"),
        ("config.json", "only ASCII letters"),
        ("a" * 100_000, "it has 100000 characters"),
    ],
)
def test_names_that_no_crate_can_have_are_refused(written, why):
    with pytest.raises(InvalidName, match=why) as refused:
        CARGO.canonical(written)
    assert len(str(refused.value)) < 300
    assert str(refused.value).isprintable()


def test_the_longest_name_has_64_characters():
    assert CARGO.canonical("a" * 64) == "a" * 64


@pytest.mark.parametrize("name", ["serde_json", "serde-json", "SERDE-json"])
def test_twins_differ_in_case_and_dashes_only(name):
    assert CARGO.twin_key(name) == "serde_json"


def test_a_crate_may_stand_upstream_under_any_of_its_twins():
    assert CARGO.twins("a-b_c") == ("a-b-c", "a_b-c", "a_b_c")
    assert CARGO.twins("left") == ()


def test_of_a_name_with_many_dashes_there_are_more_twins_than_anybody_asks_for():
    assert len(CARGO.twins("a-b-c-d-e-f-g")) == 63
    assert CARGO.twins("a-b-c-d-e-f-g-h") is None


@pytest.mark.parametrize("name", ["std", "core", "Core", "proc-macro", "rustc_driver", "test", "compiler-builtins"])
def test_crates_that_come_with_rust_cannot_be_taken(name):
    with pytest.raises(InvalidName, match="comes with Rust"):
        CARGO.check_new_name(name)


@pytest.mark.parametrize("name", ["nul", "CON", "com1", "lpt9", "aux", "prn"])
def test_devices_of_windows_cannot_be_taken(name):
    with pytest.raises(InvalidName, match="device on Windows"):
        CARGO.check_new_name(name)


@pytest.mark.parametrize("name", ["left", "standard", "com10", "my-core"])
def test_other_names_are_free(name):
    CARGO.check_new_name(name)


@pytest.mark.parametrize(
    ("name", "path"),
    [("a", "1/a"), ("ab", "2/ab"), ("abc", "3/a/abc"), ("abcd", "ab/cd/abcd"), ("serde_json", "se/rd/serde_json")],
)
def test_an_index_file_lies_in_folders_of_its_first_letters(name, path):
    assert index_path(name) == crates.index_path(name) == path


def test_a_crate_is_called_by_name_and_version():
    assert crate_filename("My_Crate", "1.0.0+b") == "My_Crate-1.0.0+b.crate"


@given(names)
def test_a_canonical_name_is_its_own_and_its_twins_are_canonical_and_share_its_key(name):
    canonical = CARGO.canonical(name)
    assert CARGO.canonical(canonical) == canonical
    for twin in CARGO.twins(canonical):
        assert twin != canonical
        assert CARGO.canonical(twin) == twin
        assert CARGO.twin_key(twin) == CARGO.twin_key(canonical)


@given(st.text(max_size=90))
def test_any_text_is_a_name_or_refused_in_a_sentence(text):
    with contextlib.suppress(InvalidName):
        assert index_path(CARGO.canonical(text)).count("/") in (1, 2)
        assert ".." not in index_path(CARGO.canonical(text))
