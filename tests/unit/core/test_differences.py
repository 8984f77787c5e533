"""How a difference between an index and a file is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.differences import KEPT, difference

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("listed", "found", "told"),
    [
        (["linux"], None, 'os (index: ["linux"], file: nothing)'),
        ("", {}, "os (index: nothing, file: nothing)"),
        (0, False, "os (index: 0, file: false)"),
        ({"a": "1", "b": "2"}, {"a": "1", "b": "3"}, 'os (index: {"b": "2"}, file: {"b": "3"})'),
        ("\u0430\n", "a", 'os (index: "\\u0430\\n", file: "a")'),
        ("a\x7f", "a", 'os (index: "a\\u007f", file: "a")'),
        ("x" * 900, "y", f'os (index: "{"x" * 76}..., file: "y")'),
    ],
    ids=["list", "nothing", "falsehoods", "entries", "look-alikes", "control", "long"],
)
def test_both_values_are_named(listed, found, told):
    assert str(difference("os", listed, found)) == told


@given(JSON, JSON)
def test_whatever_they_are_they_are_short_and_printable(listed, found):
    told = difference("os", listed, found)

    for text in (told.listed, told.found, str(told)):
        assert len(text) <= KEPT
        assert text.isascii()
        assert text.isprintable()
