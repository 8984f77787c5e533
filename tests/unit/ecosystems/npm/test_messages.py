"""What publishers say is others' text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid
from pratique.ecosystems.npm.messages import MAX_MESSAGE, read_message, sent_message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("use 2", "use 2"),
        ("  \n ", ""),
        ("a\r\nb\tc", "a b c"),
        ("\x1b]0;title\x07x", "]0;titlex"),
        ("für \u202ealle\u200b", "für alle"),
        ("a\u2028b", "a b"),
    ],
)
def test_a_message_is_one_line_of_visible_characters(text, message):
    assert read_message(text) == message


@given(st.text(max_size=200))
def test_a_message_that_was_read_is_read_again_as_it_is(text):
    message = read_message(text)

    assert read_message(message) == message
    assert message.isprintable()


def test_a_message_that_nobody_would_read_is_refused():
    assert len(read_message("x" * MAX_MESSAGE)) == MAX_MESSAGE
    with pytest.raises(Invalid, match="1,001 characters"):
        read_message("x" * (MAX_MESSAGE + 1))


def test_left_out_null_and_false_mean_no_message():
    assert [sent_message(one) for one in (None, False, "", "x")] == ["", "", "", "x"]
    for wrong in (True, 1, [], {}):
        with pytest.raises(Invalid, match="must be a text"):
            sent_message(wrong)
