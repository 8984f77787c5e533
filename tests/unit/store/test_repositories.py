"""Repositories and upstreams follow the settings."""

import pytest

from pratique.core.errors import Invalid
from pratique.store import repositories
from tests.stores.implementations import NOW

ONE, TWO = "http://127.0.0.1:1/npm", "http://127.0.0.1:2/npm"


def test_a_repository_is_made_once_and_follows_the_settings(c):
    made = repositories.ensure_repository(c, "main", True, NOW)
    again = repositories.ensure_repository(c, "main", False, NOW)

    assert made.anonymous_read
    assert (again.id, again.name, again.anonymous_read) == (made.id, "main", False)
    assert repositories.repositories(c) == (again,)


def test_upstreams_come_in_the_order_of_the_settings(c, main):
    repositories.sync_upstreams(c, main.id, "npm", [ONE, TWO])

    assert [found.url for found in repositories.sync_upstreams(c, main.id, "npm", [TWO, ONE])] == [TWO, ONE]


def test_an_upstream_that_is_no_longer_named_is_not_asked_and_comes_back_as_itself(c, main):
    one, _ = repositories.sync_upstreams(c, main.id, "npm", [ONE, TWO])

    (left,) = repositories.sync_upstreams(c, main.id, "npm", [TWO])
    assert left.url == TWO
    assert repositories.sync_upstreams(c, main.id, "npm", [ONE])[0].id == one.id


def test_each_ecosystem_has_its_own_upstreams(c, main):
    repositories.sync_upstreams(c, main.id, "npm", [ONE])
    repositories.sync_upstreams(c, main.id, "pypi", [TWO])

    assert [found.url for found in repositories.upstreams(c, main.id, "npm")] == [ONE]
    assert repositories.upstreams(c, main.id, "cargo") == ()


def test_an_upstream_named_twice_is_refused_with_what_to_do(c, main):
    with pytest.raises(Invalid, match="an upstream of npm is named twice; remove one"):
        repositories.sync_upstreams(c, main.id, "npm", [ONE, ONE])
