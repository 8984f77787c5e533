"""Lengths of time as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.clock import DAY, HOUR, MINUTE
from pratique.core.errors import Invalid
from pratique.services.durations import read_duration

UNITS = {
    "m": MINUTE,
    "min": MINUTE,
    "minute": MINUTE,
    "minutes": MINUTE,
    "h": HOUR,
    "hour": HOUR,
    "hours": HOUR,
    "d": DAY,
    "day": DAY,
    "days": DAY,
}


@given(st.integers(1, 99_999), st.sampled_from(sorted(UNITS)), st.sampled_from(["", " ", "\t"]), st.booleans())
def test_a_number_and_a_unit_are_so_many_milliseconds(count: int, unit: str, gap: str, loud: bool) -> None:
    text = f"{count}{gap}{unit.upper() if loud else unit}"

    assert read_duration(text) == count * UNITS[unit]


@given(st.text() | st.text(st.sampled_from("0129٣ mhdinouteays.-+"), max_size=12))
def test_any_text_is_a_positive_length_of_time_or_refused(text: str) -> None:
    try:
        length = read_duration(text)
    except Invalid:
        return
    assert length > 0


@pytest.mark.parametrize("text", ["", "0d", "d", "1", "1w", "-1d", "1.5h", "1d 2h", "100000d", "1d\nx", "٣d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="is no duration; write one like `30m`"):
        read_duration(text)
