from hypothesis import given
from hypothesis import strategies as st

from pratique.advisories.affected import Affected, pack
from pratique.advisories.evaluation import affects
from pratique.advisories.spans import EVERYTHING, spans
from pratique.core.advisories import VersionSpan
from tests.unit.advisories.records import version_key


def packed(*ranges, versions=()):
    rows = tuple(tuple(zip(row[::2], row[1::2], strict=True)) for row in ranges)
    return pack(Affected(tuple(versions), rows))


def single(version):
    return VersionSpan(version, version, end_included=True)


def test_each_opening_and_closing_is_a_span():
    text = packed(["introduced", "0", "fixed", "1.5", "introduced", "3.0", "last_affected", "3.1", "introduced", "4"])

    assert spans(text, version_key) == (
        VersionSpan(None, "1.5"),
        VersionSpan("3.0", "3.1", end_included=True),
        VersionSpan("4"),
    )


def test_listed_versions_stand_for_themselves_unless_a_range_holds_them():
    text = packed(["introduced", "1", "fixed", "2"], versions=["1.5", "3.0", "odd"])

    assert spans(text, version_key) == (VersionSpan("1", "2"), single("3.0"), single("odd"))


def test_a_limit_ends_the_last_span_and_drops_what_lies_beyond():
    assert spans(packed(["introduced", "1", "limit", "2", "limit", "3"]), version_key) == (VersionSpan("1", "3"),)
    assert spans(packed(["introduced", "5", "limit", "3"], ["introduced", "1", "fixed", "2"]), version_key) == (
        VersionSpan("1", "2"),
    )
    assert spans(packed(["introduced", "0", "last_affected", "3", "limit", "3"]), version_key) == (
        VersionSpan(None, "3"),
    )


def test_what_cannot_be_read_is_every_version():
    assert spans(packed(["introduced", "1", "fixed", "x"]), version_key) == EVERYTHING
    assert spans(packed(["introduced", "0"]), version_key) == EVERYTHING
    assert spans(packed(), version_key) == EVERYTHING
    assert spans(packed(["introduced", "0", "limit", "*"], versions=["1"]), version_key) == EVERYTHING


def test_a_range_that_never_opens_holds_nothing():
    assert spans(packed(["fixed", "1"]), version_key) == ()


NUMBERS = st.integers(0, 6).map(lambda number: f"{number}")
EVENTS = st.tuples(st.sampled_from(["introduced", "fixed", "last_affected", "limit"]), NUMBERS)


@given(st.lists(st.lists(EVENTS, min_size=1, max_size=6), max_size=3), st.lists(NUMBERS, max_size=3))
def test_spans_hold_exactly_what_is_affected(ranges, versions):
    text = pack(Affected(tuple(versions), tuple(tuple(one) for one in ranges)))
    found = spans(text, version_key)

    for version in ("0", "1", "1.5", "2", "3", "3.5", "4", "5", "6", "7"):
        assert any(holds(span, version) for span in found) == affects(text, version, version_key)


def holds(span, version):
    mine = version_key(version)
    if span.start is not None and mine < version_key(span.start):
        return False
    if span.end is None:
        return True
    end = version_key(span.end)
    return mine <= end if span.end_included else mine < end
