"""Since when a file counts as published, from what the upstream says and what is noted here."""

import pytest

from pratique.core.artifacts import FileView
from pratique.core.clock import DAY, Instant
from pratique.services.judging.gather import published
from pratique.store.files import FileRow, Sight

SEEN = Instant(1_800_000_000_000)
BEFORE, LONG_BEFORE, AFTER = (Instant(SEEN - DAY), Instant(SEEN - 400 * DAY), Instant(SEEN + DAY))


def row(sight=Sight.FIRST, said=None):
    return FileRow(1, 1, None, "1.0.0", "left", None, None, None, said, SEEN, sight)


def stated(when):
    return FileView("left", "1.0.0", published=when)


@pytest.mark.parametrize("when", [None, LONG_BEFORE, AFTER])
def test_without_anything_noted_the_upstreams_word_holds(when):
    assert published(None, stated(when)) == when


@pytest.mark.parametrize("sight", [Sight.LATE, Sight.SWAPPED])
@pytest.mark.parametrize("when", [None, LONG_BEFORE, AFTER])
def test_a_late_or_swapped_file_counts_from_first_sight(sight, when):
    assert published(row(sight, LONG_BEFORE), stated(when)) == SEEN


@pytest.mark.parametrize("sight", [Sight.FIRST, Sight.NEW])
@pytest.mark.parametrize(
    ("said", "now_says", "counts"),
    [
        (None, None, SEEN),
        (None, LONG_BEFORE, LONG_BEFORE),
        (BEFORE, None, BEFORE),
        (BEFORE, LONG_BEFORE, BEFORE),
        (LONG_BEFORE, BEFORE, BEFORE),
        (BEFORE, AFTER, AFTER),
        (AFTER, LONG_BEFORE, SEEN),
        (AFTER, None, SEEN),
    ],
    ids=[
        "never said",
        "said at last",
        "vanished",
        "moved back",
        "moved on",
        "ahead",
        "was ahead",
        "ahead and vanished",
    ],
)
def test_of_several_statements_the_latest_counts_but_none_after_we_saw_it(sight, said, now_says, counts):
    assert published(row(sight, said), stated(now_says)) == counts
