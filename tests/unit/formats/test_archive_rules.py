"""Names of members: what fits no system, or takes too long to compare, is refused before it is compared."""

from __future__ import annotations

import sys
import tracemalloc
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.formats.archive_rules import (
    MAX_MARKS,
    MAX_NAME,
    MAX_NAMES,
    MAX_SEGMENT,
    Inventory,
    check_symlink,
    folded,
    plain_name,
)

ACUTE, TWO_IN_ONE = "\u0301", "\u0344"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a" * (MAX_SEGMENT + 1), id="ascii"),
        pytest.param("ok/" + "\u00e9" * 128, id="bytes count, not characters"),
        pytest.param("ok/" + "a" * 300 + "/ok", id="a folder"),
    ],
)
def test_a_file_or_folder_with_a_name_that_no_system_takes_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match=f"over {MAX_SEGMENT} bytes"):
        plain_name(name, 64)
    with pytest.raises(Invalid, match=f"over {MAX_SEGMENT} bytes"):
        check_symlink("a/b", name)


def test_a_path_is_measured_in_bytes() -> None:
    path = "/".join(["\u00e9" * 120] * 18)
    assert len(path) < MAX_NAME

    with pytest.raises(Invalid, match=f"longer than {MAX_NAME} bytes"):
        plain_name(path, 64)


@pytest.mark.parametrize(
    "marks",
    [
        pytest.param(ACUTE * (MAX_MARKS + 1), id="one kind"),
        pytest.param((ACUTE + "\u0316") * 16, id="two kinds"),
        pytest.param(TWO_IN_ONE * 16, id="two in one character"),
        pytest.param("\u0f73" * 16, id="hidden in characters that are none"),
    ],
)
def test_more_combining_marks_in_a_row_than_any_script_has_are_refused(marks: str) -> None:
    with pytest.raises(Invalid, match=f"more than {MAX_MARKS} combining marks"):
        plain_name("dir/x" + marks, 64)


def test_names_in_scripts_with_many_marks_are_taken() -> None:
    for name in ("tie\u0302\u0301ng Vie\u0323\u0302t.txt", "x" + ACUTE * MAX_MARKS, "\u0915\u094d\u0937\u093f/a"):
        assert plain_name(name, 64) == name


@given(st.text(alphabet=st.sampled_from("aA\u0130\u00df\u0390\u0345\u0301\u0316\u1fb3\u03b1"), max_size=12))
def test_spellings_that_are_one_name_to_a_system_fold_to_the_same(name: str) -> None:
    assert folded(unicodedata.normalize("NFD", name)) == folded(unicodedata.normalize("NFC", name)) == folded(name)
    assert folded(folded(name)) == folded(name)


def test_names_are_counted_by_the_memory_they_take_and_none_is_kept_here() -> None:
    inventory = Inventory(ArchiveLimits())
    wide = "/".join(["\U00010400" + "a" * 200] * 10)
    names = [f"{number:06}/{wide}" for number in range(MAX_NAMES // (4 * len(wide)))]
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge, match=f"more than {MAX_NAMES} bytes together"):
            _add(inventory, names)
        assert tracemalloc.get_traced_memory()[0] < MAX_NAMES // 4
    finally:
        tracemalloc.stop()


def _add(inventory: Inventory, names: list[str]) -> None:
    for name in names:
        inventory.add(name, "file")


EVERYTHING = [chr(code) for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
HIDING = [char for char in EVERYTHING if any(map(unicodedata.combining, unicodedata.normalize("NFKD", char)))]


def longest_run(name: str) -> int:
    """Of combining marks, once everything is taken apart."""
    marks = "".join("m" if unicodedata.combining(char) else " " for char in unicodedata.normalize("NFKD", name))
    return max(map(len, marks.split()), default=0)


def taken(name: str) -> bool:
    try:
        return plain_name(name, 64) == name
    except Invalid:
        return False


def test_every_character_that_is_or_hides_marks_counts_for_as_many_as_it_is_taken_apart_into() -> None:
    for char in HIDING:
        for before in ("\u00e9", "\u0416"):
            for more in range(MAX_MARKS - 8, MAX_MARKS + 2):
                name = before + char + ACUTE * more
                assert taken(name) == (longest_run(name) <= MAX_MARKS), ascii(name)


@given(st.text(alphabet=st.sampled_from([*HIDING[:: len(HIDING) // 40], ACUTE, "\u0f73", "\u0344", "a"]), max_size=60))
def test_a_name_is_refused_exactly_for_a_run_of_marks_that_is_too_long(name: str) -> None:
    assert taken("x" + name) == (longest_run(name) <= MAX_MARKS)


def test_fewer_than_eight_foreign_characters_hide_no_run_that_is_too_long() -> None:
    apart = (unicodedata.normalize("NFKD", char) for char in EVERYTHING)

    assert max(len(parts) for parts in apart if all(map(unicodedata.combining, parts))) * 7 <= MAX_MARKS


@pytest.mark.parametrize("char", ["\ufdfa", "\u3316", "\u1fb7"])
def test_a_name_of_characters_that_stand_for_many_is_read_without_taking_it_apart(char: str) -> None:
    name = "/".join([char * 80] * 16)
    assert taken("x" * 7 + ACUTE * 9)
    tracemalloc.start()
    try:
        assert taken(name)
        assert tracemalloc.get_traced_memory()[1] < 4 * MAX_NAME
    finally:
        tracemalloc.stop()
