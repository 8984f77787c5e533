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


def test_what_finds_runs_of_marks_knows_every_mark_and_what_hides_them() -> None:
    """Two shortcuts: marks are looked for in two planes only, and not among fewer than eight foreign characters."""
    everything = [chr(code) for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    marks = [char for char in everything if unicodedata.combining(char)]
    apart = (unicodedata.normalize("NFKD", char) for char in everything)

    assert max(map(ord, marks)) < 0x1F000
    assert max(len(parts) for parts in apart if all(map(unicodedata.combining, parts))) * 7 <= MAX_MARKS
