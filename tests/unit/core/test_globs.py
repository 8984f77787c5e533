"""A glob means what a regular expression with `.*` for its stars means, in time that no glob can stretch."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.globs import glob_matches


@pytest.mark.parametrize(
    ("glob", "name", "means"),
    [
        ("left", "left", True),
        ("left", "left-pad", False),
        ("*", "", True),
        ("*", "anything/at all", True),
        ("@acme/*", "@acme/left", True),
        ("@acme/*", "@acme", False),
        ("aba*aba", "aba", False),
        ("aba*aba", "abaaba", True),
        ("a*b*c", "a-c-b", False),
        ("a*b*b", "ab", False),
        ("l?ft", "left", False),
        ("l[e]ft", "left", False),
        ("Left", "left", False),
    ],
)
def test_a_glob_means_whole_names_and_only_the_star_is_special(glob, name, means):
    assert glob_matches(glob, name) is means


@given(st.text("ab*", max_size=12), st.text("ab*", max_size=16))
def test_every_glob_agrees_with_the_expression_it_stands_for(glob, name):
    expression = ".*".join(map(re.escape, glob.split("*")))

    assert glob_matches(glob, name) is bool(re.fullmatch(expression, name, re.DOTALL))
