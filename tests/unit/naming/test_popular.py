import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.naming.popular import rank, rank_names


@pytest.mark.parametrize(
    ("ecosystem", "name", "place"),
    [("npm", "semver", 1), ("npm", "react", 234), ("pypi", "boto3", 1), ("pypi", "requests", 6)],
)
def test_well_known_names_have_their_rank(ecosystem, name, place):
    assert rank(ecosystem, name) == place


def test_scoped_names_and_old_ones_in_capitals_are_found_as_they_are_spelled():
    assert rank("npm", "@babel/core") is not None
    assert rank("npm", "JSONStream") is not None
    assert rank("npm", "jsonstream") is None


def test_names_of_pypi_are_canonical():
    assert rank("pypi", "typing-extensions") is not None
    assert rank("pypi", "typing_extensions") is None


@pytest.mark.parametrize("name", ["reqeusts", "", "a\nb", "\udcff", "zzzzzzzzzzzz", "semver\nreact", "é"])
def test_other_names_have_none(name):
    assert rank("npm", name) is None
    assert rank("pypi", name) is None


@pytest.mark.parametrize("ecosystem", ["cargo", "", "..", "../data/npm", "NPM"])
def test_an_ecosystem_without_data_has_no_popular_names(ecosystem):
    assert rank(ecosystem, "react") is None


@given(st.lists(st.text(alphabet="ab-é/", max_size=5), unique=True), st.text(alphabet="ab-é/", max_size=5))
def test_every_name_is_found_at_its_place_and_no_other_is(names, other):
    ranking = rank_names(name.encode() for name in names)

    assert [ranking.rank(name) for name in names] == list(range(1, len(names) + 1))
    assert (ranking.rank(other) is None) is (other not in names)


def test_names_that_begin_alike_stand_together():
    ranking = rank_names([b"c", b"ab", b"a", b"b", b"abc"])

    assert list(ranking.starting_with("a")) == ["a", "ab", "abc"]
    assert list(ranking.starting_with("ab")) == ["ab", "abc"]
    assert list(ranking.starting_with("x")) == []
    assert len(list(ranking.starting_with(""))) == 5
