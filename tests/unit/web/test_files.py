"""Ranges of a stored file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.web.files import read_range

SIZES = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=2-5", (2, 5)),
        ("bytes=5-", (5, 9)),
        ("bytes=-3", (7, 9)),
        ("bytes=-30", (0, 9)),
        ("bytes=0-100", (0, 9)),
        (" bytes=1-2 ", (1, 2)),
        ("bytes=10-", None),
        ("bytes=-0", None),
        ("bytes=5-2", None),
        ("bytes=" + "9" * 5_000 + "-", None),
        ("bytes=0-1,3-4", (0, 9)),
        ("bytes=-", (0, 9)),
        ("bytes=١-٢", (0, 9)),
        ("lines=1-2", (0, 9)),
        ("", (0, 9)),
    ],
)
def test_one_range_of_bytes_is_read_and_everything_else_means_the_whole_file(
    header: str, span: tuple[int, int] | None
) -> None:
    assert read_range(header, 10) == span


@given(st.text() | st.from_regex(r"bytes=[0-9]{0,25}-[0-9]{0,25}", fullmatch=True), SIZES.filter(bool))
def test_whatever_is_asked_the_span_lies_in_the_file(header: str, size: int) -> None:
    span = read_range(header, size)

    assert span is None or 0 <= span[0] <= span[1] < size


@given(st.integers(0, 10**15), st.integers(0, 10**15), SIZES.filter(bool))
def test_a_span_inside_the_file_is_what_was_asked_for(first: int, length: int, size: int) -> None:
    last = first + length

    span = read_range(f"bytes={first}-{last}", size)

    assert span == (None if first >= size else (first, min(last, size - 1)))


@given(st.text() | st.from_regex(r"bytes=[0-9]{1,25}-[0-9]{0,25}", fullmatch=True))
def test_of_an_empty_file_there_is_no_range(header: str) -> None:
    assert read_range(header, 0) in (None, (0, -1))
