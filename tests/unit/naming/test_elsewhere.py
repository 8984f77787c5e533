"""The same name in other registries."""

from __future__ import annotations

import pytest

from pratique.naming.elsewhere import LEADING, WITH_PLAIN_NAMES, known_elsewhere, lies_in, tell_elsewhere


def test_a_name_that_is_popular_elsewhere_is_found_with_its_rank() -> None:
    (found,) = [one for one in known_elsewhere("pypi", "lodash") if one.ecosystem == "npm"]

    assert found.name == "lodash"
    assert 0 < found.rank < 1_000
    assert known_elsewhere("pypi", "lodash", found.rank - 1) == []


def test_the_own_ecosystem_is_not_elsewhere() -> None:
    assert "npm" not in {one.ecosystem for one in known_elsewhere("npm", "lodash")}


def test_who_asks_in_the_wrong_place_is_told_the_right_one() -> None:
    assert tell_elsewhere("pypi", "lodash") == "a package of this name exists in npm"
    assert "in PyPI" in tell_elsewhere("cargo", "beautifulsoup4")
    assert tell_elsewhere("npm", "frobnicate-the-widget") == ""


@pytest.mark.parametrize(
    ("pattern", "name", "lies"),
    [
        ("@acme/*", "acme-core", True),
        ("acme-*", "acme_core", True),
        ("@acme/*", "acme", False),
        ("@acme/*", "acmecore", False),
        ("acme", "acme-core", False),
        ("*", "acme-core", False),
        ("big-acme-*", "big-acme-x", True),
        ("big-acme-*", "big-x", False),
    ],
)
def test_a_name_lies_in_a_namespace_if_it_begins_with_its_words(pattern: str, name: str, lies: bool) -> None:
    assert lies_in(pattern, name) is lies


def test_whoever_founds_a_project_hears_of_gems_and_ids_too_and_whoever_misses_one_does_not() -> None:
    assert [one.ecosystem for one in known_elsewhere("pypi", "nokogiri", LEADING, WITH_PLAIN_NAMES)] == ["rubygems"]
    assert [one.ecosystem for one in known_elsewhere("npm", "automapper", LEADING, WITH_PLAIN_NAMES)] == ["nuget"]
    assert tell_elsewhere("pypi", "nokogiri") == ""
