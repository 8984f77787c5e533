"""Names that look the same to people share a key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.naming.corpus import shipped, shipped_others
from pratique.naming.keys import (
    keys,
    keys_asked,
    keys_of_all,
    look,
    scopes_of,
    segments,
    skeleton,
    skeletons_of_all,
    spell,
    words_of_all,
)


@pytest.mark.parametrize(
    ("ecosystem", "name", "scope", "whole", "base"),
    [
        ("npm", "@azure/core-http", "@azure", "azurecorehttp", "corehttp"),
        ("npm", "JSONStream", "", "jsonstream", "jsonstream"),
        ("maven", "org.slf4j:slf4j-api", "org.slf4j", "orgslf4jslf4japi", "slf4japi"),
        ("pypi", "python-dateutil", "", "pythondateutil", "pythondateutil"),
        ("nuget", "newtonsoft.json", "", "newtonsoftjson", "newtonsoftjson"),
    ],
)
def test_a_name_is_taken_apart(ecosystem, name, scope, whole, base):
    spelled = spell(ecosystem, name)

    assert (spelled.scope, spelled.skeleton, spelled.base) == (scope, whole, base)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1odash", "lodash"), ("iodash", "lodash"), ("djang0", "django"), ("nurnpy", "numpy"), ("vvebpack", "webpack"),
     ("clocker", "docker"), ("reque5ts", "requests")],
)  # fmt: skip
def test_look_alikes_have_one_look(one, other):
    assert look(one) == look(other)


def test_the_same_words_in_another_order_share_a_key():
    assert keys(spell("npm", "parser-body")) & keys(spell("npm", "body-parser"))


def test_a_name_in_a_scope_is_found_by_its_own_part_and_by_the_whole():
    scoped = keys(spell("npm", "@azure/core-http"))

    assert set(keys_asked(spell("npm", "core-http"), scoped=True)) & scoped
    assert set(keys_asked(spell("npm", "azure-core-http"), scoped=True)) & scoped
    assert not set(keys_asked(spell("npm", "core-http"), scoped=False)) & scoped


@given(st.text(alphabet="abI1-_.", min_size=1, max_size=12))
def test_delimiters_and_case_do_not_change_skeleton_or_look(text):
    other = text.replace("-", "_").replace(".", "-").upper()

    assert skeleton(text) == skeleton(other)
    assert look(skeleton(text)) == look(skeleton(other))
    assert segments(text) == segments(other)


@pytest.mark.parametrize("ecosystem", ["npm", "pypi", "cargo", "maven", "rubygems", "nuget"])
def test_many_names_have_the_keys_that_each_has(ecosystem: str) -> None:
    names = [one.name for one in shipped(ecosystem)[:5_000]] + shipped_others(ecosystem)[:5_000]

    assert [set(one) for one in keys_of_all(ecosystem, names)] == [keys(spell(ecosystem, name)) for name in names]
    assert list(skeletons_of_all(names)) == [skeleton(name) for name in names]
    assert list(words_of_all(names)) == [segments(name) for name in names]
    scoped = [(number, scope) for number, name in enumerate(names) if (scope := spell(ecosystem, name).scope.lower())]
    assert list(scopes_of(ecosystem, names)) == scoped
