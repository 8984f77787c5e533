"""npm's versions: one spelling, npm's bounds, newest first."""

from __future__ import annotations

import pytest

from pratique.ecosystems.npm import NPM
from pratique.ecosystems.npm.versions import clean, newest_first


@pytest.mark.parametrize("text", ["v1.0.0", "=1.0.0", "1.0", "", "9007199254740992.0.0", "1.0.0-" + "a" * 256])
def test_other_spellings_and_what_npm_cannot_count_are_no_versions(text):
    with pytest.raises(ValueError, match=r"version|number"):
        NPM.version_key(text)
    with pytest.raises(ValueError, match=r"version|number"):
        NPM.is_prerelease(text)


def test_the_largest_numbers_npm_can_count_are_versions():
    assert NPM.version_key("9007199254740991.0.0") > NPM.version_key("9007199254740990.9.9")


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("1.2.3", "1.2.3"),
        ("v1.2.3", "1.2.3"),
        (" =v1.2.3 ", "1.2.3"),
        ("1.2.3+build.7", "1.2.3"),
        ("1.2.3-b", "1.2.3-b"),
    ],
)
def test_a_version_is_published_as_npm_cleans_it(written, published):
    assert clean(written) == published


def test_newest_first_puts_every_release_before_every_prerelease():
    assert newest_first(["1.0.0", "2.0.0-b", "1.10.0", "1.9.0", "3.0.0-a"]) == [
        "1.10.0",
        "1.9.0",
        "1.0.0",
        "3.0.0-a",
        "2.0.0-b",
    ]
