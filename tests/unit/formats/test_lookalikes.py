"""What looks the same folds to the same; what looks like nothing stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.formats.lookalikes import fold


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("r\u0435act", "react"),
        ("\u041c\u0456\u0441r\u043es\u043eft", "Microsoft"),
        ("\u03c1\u03b1nd\u03b1s", "pandas"),
        ("\uff52eact", "react"),
        ("re\u0301act", "react"),
        ("lo\u200bdash", "lodash"),
        ("\u202elodash\u202c", "lodash"),
        ("left\u2010pad", "left-pad"),
        ("\U0001d5cb\U0001d5be\U0001d5ba\U0001d5bc\U0001d5cd", "react"),
        ("a\x1b[31mb", "a[31mb"),
        ("lodash", "lodash"),
        ("\u6f22\u5b57", "\u6f22\u5b57"),
    ],
)
def test_look_alikes_fold_to_what_a_reader_sees(written, read):
    assert fold(written) == read


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    once = fold(text)

    assert fold(once) == once


@given(st.text(alphabet=st.characters(max_codepoint=127, exclude_categories=["Cc"])))
def test_ascii_stays_as_it_is(text):
    assert fold(text) == text


def test_ever_so_many_marks_are_dropped_one_by_one():
    # In one piece they would be put into order first: minutes for as many.
    assert fold("x" + "\u0344" * 200_000 + "\u0334" * 200_000) == "x"
