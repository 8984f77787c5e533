"""`cargo search`."""

from __future__ import annotations

import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.ecosystem_verbs import Found, FoundProject, SearchQuery
from pratique.core.errors import Invalid
from pratique.ecosystems.cargo import CARGO


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ({}, SearchQuery("", 10)),
        ({"q": "left pad"}, SearchQuery("left pad", 10)),
        ({"q": "x", "per_page": "3"}, SearchQuery("x", 3)),
        ({"per_page": "0"}, SearchQuery("", 1)),
        ({"per_page": "-7"}, SearchQuery("", 1)),
        ({"per_page": "100000"}, SearchQuery("", 100)),
        ({"other": "x"}, SearchQuery("", 10)),
    ],
)
def test_a_search_asks_for_a_bounded_number_of_results(query, read):
    assert CARGO.read_search(query) == read


@pytest.mark.parametrize("wanted", ["", "x", "1.5", "1e3", "NaN", "9" * 5_000, "1\x00"])
def test_a_number_that_is_none_is_refused(wanted):
    with pytest.raises(Invalid, match="`per_page` must be a number from 1 to 100"):
        CARGO.read_search({"per_page": wanted})


def test_results_have_the_fields_that_cargo_prints():
    rendered = CARGO.write_search(Found((FoundProject("left", "1.0.0", "Pads"), FoundProject("lean", "2.0.0")), 12))
    assert rendered.content_type == "application/json"
    assert orjson.loads(rendered.body) == {
        "crates": [
            {"name": "left", "max_version": "1.0.0", "description": "Pads"},
            {"name": "lean", "max_version": "2.0.0", "description": None},
        ],
        "meta": {"total": 12},
    }


def test_nothing_found_is_an_empty_list():
    assert orjson.loads(CARGO.write_search(Found((), 0)).body) == {"crates": [], "meta": {"total": 0}}


@given(st.dictionaries(st.sampled_from(["q", "per_page"]), st.text(max_size=8)))
def test_any_query_is_a_search_or_refused(query):
    with contextlib.suppress(Invalid):
        assert 1 <= CARGO.read_search(query).limit <= 100
