"""Times as indexes state them."""

import pytest

from pratique.core.clock import EARLIEST_PUBLISHED, LATEST_PUBLISHED, from_iso, read_published, to_iso


@pytest.mark.parametrize("stated", ["2024-01-02T03:04:05.678901Z", "2024-01-02T03:04:05+02:00", "2024-01-02"])
def test_a_time_is_read_as_it_is_stated(stated):
    assert read_published(stated) == from_iso(stated)


@pytest.mark.parametrize(
    "stated",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "1900-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "1980-01-01T00:00:00Z",
        "1999-12-31T23:59:59.999Z",
        "3000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "yesterday",
        "",
        5,
        None,
    ],
)
def test_what_is_no_time_or_cannot_be_one_is_none(stated):
    assert read_published(stated) is None


def test_the_bounds_are_whole_years():
    assert (to_iso(EARLIEST_PUBLISHED), to_iso(LATEST_PUBLISHED)) == (
        "2000-01-01T00:00:00.000Z",
        "3000-01-01T00:00:00.000Z",
    )
    assert read_published("2000-01-01T00:00:00Z") == EARLIEST_PUBLISHED
    assert read_published("2999-12-31T23:59:59.999Z") == LATEST_PUBLISHED - 1
