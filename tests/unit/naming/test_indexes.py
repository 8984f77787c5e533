"""Every name is found by its form and by each slip; a flood of equal forms costs no more than a few."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.naming import exact_index, near_index
from pratique.naming.exact_index import MOST_FOUND
from pratique.naming.near_index import LONGEST
from pratique.naming.slips import slip
from pratique.naming.sorted_words import pair, sort_words

FORMS = st.lists(st.tuples(st.text(alphabet="ab", max_size=4), st.integers(0, 1000)), max_size=80)


@given(FORMS)
def test_every_number_is_found_by_its_form_in_order(formed):
    index = exact_index.index(formed)

    for form, _ in formed:
        assert index.find(form) == sorted(number for other, number in formed if other == form)[:MOST_FOUND]
    assert index.find("c") == []


@given(st.lists(st.tuples(st.integers(0, (1 << 40) - 1), st.integers(0, (1 << 24) - 1)), max_size=300, unique=True))
def test_pairs_are_found_wherever_their_keys_lie(pairs):
    words = sort_words([pair(key, number) for key, number in pairs])

    for key, _ in pairs:
        assert words.find(key) == sorted(number for other, number in pairs if other == key)


def test_of_a_flood_of_equal_forms_the_first_are_found():
    index = exact_index.index(("lodash", number) for number in range(10_000))

    assert index.find("lodash") == list(range(MOST_FOUND))


@pytest.mark.parametrize(
    ("typed", "kind", "wrong", "meant"),
    [
        ("reqeusts", "swapped", "eu", "ue"),
        ("requestss", "doubled", "s", ""),
        ("requets", "omitted", "", "s"),
        ("requestz", "replaced", "z", "s"),
        ("requestsx", "inserted", "x", ""),
        ("rqeuests", "swapped", "qe", "eq"),
        ("equrests", "moved", "equr", "requ"),
    ],
)
def test_a_slip_is_told(typed, kind, wrong, meant):
    found = slip(typed, "requests")

    assert found is not None
    assert (found.kind, found.typed, found.meant) == (kind, wrong, meant)


def test_one_of_two_left_out_is_told_apart_from_another_left_out():
    assert slip("exprss", "express").kind == "omitted"
    assert slip("expres", "express").kind == "undoubled"


@pytest.mark.parametrize("typed", ["requests", "reqests2", "flask", "", "rrequestss"])
def test_what_is_equal_or_further_away_is_no_slip(typed):
    assert slip(typed, "requests") is None


WORDS = st.text(alphabet="abc", min_size=4, max_size=9)


@given(st.lists(WORDS, min_size=1, max_size=20), st.data())
def test_a_name_is_found_from_each_single_slip(names, data):
    index = near_index.index((name, number) for number, name in enumerate(names))
    number = data.draw(st.integers(0, len(names) - 1))
    name, place = names[number], data.draw(st.integers(0, len(names[number]) - 2))
    slipped = data.draw(
        st.sampled_from(
            [
                name,
                name[:place] + "x" + name[place:],
                name[:place] + "x" + name[place + 1 :],
                name[:place] + name[place + 1] + name[place] + name[place + 2 :],
                *([name[:place] + name[place + 1 :]] if len(name) > 4 else []),
            ]
        )
    )

    assert number in index.find(slipped)


@pytest.mark.parametrize("typed", ["", "abc", "x" * (LONGEST + 1), "x" * 10_000])
def test_slips_in_what_is_too_short_or_too_long_are_not_looked_for(typed):
    assert near_index.index([("x" * 64, 0), ("abcd", 1)]).find(typed) == set()
