import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.advisories.affected import Affected, pack, unpack
from pratique.advisories.evaluation import affects, covers_every_version, fixed_versions, is_fixed_in
from tests.unit.advisories.records import version_key


def packed(*ranges, versions=()):
    rows = tuple(tuple(zip(row[::2], row[1::2], strict=True)) for row in ranges)
    return pack(Affected(tuple(versions), rows))


def hit(text, *versions):
    return [version for version in versions if affects(text, version, version_key)]


def test_listed_versions_are_affected_and_no_others():
    assert hit(packed(versions=["1.0", "1.2"]), "1.0", "1.1", "1.2") == ["1.0", "1.2"]


def test_a_listed_version_is_found_however_it_is_spelled():
    assert hit(packed(versions=["1.0"]), "1.00") == ["1.00"]


def test_a_range_begins_at_introduced_and_ends_before_fixed():
    text = packed(["introduced", "1.0", "fixed", "1.2"])

    assert hit(text, "0.9", "1.0", "1.1.9", "1.2", "2.0") == ["1.0", "1.1.9"]


def test_last_affected_is_affected():
    assert hit(packed(["introduced", "0", "last_affected", "1.2"]), "0.1", "1.2", "1.3") == ["0.1", "1.2"]


def test_a_range_may_open_and_close_several_times_in_any_order_of_events():
    text = packed(["fixed", "3.1", "introduced", "3.0", "fixed", "1.5", "introduced", "0"])

    assert hit(text, "0.1", "1.5", "2.0", "3.0", "3.1") == ["0.1", "3.0"]


def test_a_version_introduced_again_where_it_was_fixed_is_affected():
    assert hit(packed(["introduced", "0", "fixed", "1.0", "introduced", "1.0"]), "0.9", "1.0") == ["0.9", "1.0"]
    assert hit(packed(["introduced", "1.0", "fixed", "1.0"]), "1.0") == ["1.0"]


def test_a_range_reaches_no_further_than_the_highest_limit():
    text = packed(["introduced", "1.0", "limit", "2.0", "limit", "1.5"])

    assert hit(text, "0.9", "1.0", "1.9", "2.0", "3.0") == ["1.0", "1.9"]
    assert not covers_every_version(packed(["introduced", "0", "limit", "2.0"]))


def test_a_limit_of_everything_is_no_limit():
    assert hit(packed(["introduced", "1.0", "limit", "*"]), "99") == ["99"]


def test_any_of_several_ranges_or_the_list_suffices():
    text = packed(["introduced", "1.0", "fixed", "1.1"], ["introduced", "3.0"], versions=["2.0"])

    assert hit(text, "1.0", "1.1", "2.0", "2.5", "4.0") == ["1.0", "2.0", "4.0"]


def test_every_version_is_covered_by_a_range_without_an_end_from_the_start():
    assert covers_every_version(packed(["introduced", "0"]))
    assert covers_every_version(packed(["introduced", "0"], versions=["1.0"]))
    assert affects(packed(["introduced", "0"]), "no version", version_key)


def test_a_record_that_lists_nothing_is_about_every_version():
    assert covers_every_version(packed())
    assert hit(packed(), "1.0", "no version") == ["1.0", "no version"]


@pytest.mark.parametrize(
    "text",
    [
        packed(["introduced", "1.0"]),
        packed(["introduced", "0", "fixed", "9"]),
        packed(["introduced", "0", "last_affected", "9"]),
        packed(["fixed", "9"]),
        packed(versions=["1.0"]),
    ],
)
def test_anything_narrower_does_not_cover_every_version(text):
    assert not covers_every_version(text)


def test_a_version_the_order_cannot_read_is_affected_by_any_range():
    assert hit(packed(["introduced", "1.0", "fixed", "1.1"]), "2004d") == ["2004d"]


def test_in_a_list_it_is_affected_only_if_it_is_spelled_there():
    assert hit(packed(versions=["1.0", "2004d"]), "2004d", "2004e") == ["2004d"]


def test_a_bound_the_order_cannot_read_affects_everything():
    assert hit(packed(["introduced", "r5", "fixed", "1.1"]), "0.1", "9") == ["0.1", "9"]
    assert hit(packed(["introduced", "1.0", "limit", "r5"]), "0.1") == ["0.1"]


def test_keys_that_cannot_be_hashed_will_do():
    text = packed(versions=["1.0"])

    assert affects(text, "1.0.0", lambda version: [int(part) for part in version.split(".")][:2])
    assert not affects(text, "1.1", lambda version: [int(part) for part in version.split(".")])


def test_a_fix_is_found_however_it_is_spelled():
    text = packed(["introduced", "0", "fixed", "1.5"], ["introduced", "2.0", "fixed", "as named"])
    versions = ("1.5", "1.05", "as named", "1.4", "1.6", "otherwise")

    assert [one for one in versions if is_fixed_in(text, one, version_key)] == ["1.5", "1.05", "as named"]
    assert not is_fixed_in(packed(versions=["1.0"]), "1.0", version_key)


def test_fixed_versions_are_those_literally_named():
    text = packed(["introduced", "0", "fixed", "1.5"], ["introduced", "2.0", "fixed", "2.1"], ["fixed", "1.5"])

    assert fixed_versions(text) == ("1.5", "2.1")
    assert fixed_versions(packed(versions=["1.0"])) == ()


numbers = st.integers(0, 6).map(str)
rows = st.lists(st.tuples(st.sampled_from(["introduced", "fixed", "last_affected", "limit"]), numbers), max_size=5).map(
    tuple
)


@given(rows, numbers)
def test_a_range_is_what_the_schema_says_it_is(row, version):
    """The schema's own algorithm, written down once more in its plainest form."""
    limits = [int(at) for kind, at in row if kind == "limit"]
    inside = False
    order = {"fixed": 0, "last_affected": 0, "introduced": 1}
    at_start = [(kind, -1 if (kind, at) == ("introduced", "0") else int(at)) for kind, at in row if kind != "limit"]
    for kind, at in sorted(at_start, key=lambda one: (one[1], order[one[0]])):
        if kind == "introduced" and int(version) >= at:
            inside = True
        elif (kind == "fixed" and int(version) >= at) or (kind == "last_affected" and int(version) > at):
            inside = False
    inside = inside and (not limits or int(version) < max(limits))
    text = pack(Affected(ranges=(row,)))

    assert affects(text, version, version_key) is (inside or covers_every_version(text))


@given(st.builds(Affected, st.lists(st.text(max_size=4)).map(tuple), st.lists(rows).map(tuple)))
def test_what_is_packed_is_read_back(known):
    assert unpack(pack(known)) == known


@given(st.lists(rows, max_size=2).map(tuple), st.lists(st.text(max_size=4), max_size=2).map(tuple), st.text(max_size=4))
def test_no_version_is_ever_too_odd(ranges, versions, version):
    text = pack(Affected(versions, ranges))

    assert affects(text, version, version_key) or not covers_every_version(text)
    assert version not in versions or affects(text, version, version_key)
