"""How accounts may be called."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.errors import InvalidName
from pratique.trust.account_names import check_account_name


@pytest.mark.parametrize("name", ["alice", "a", "build-machine.2", "x_y", "0day"])
def test_plain_names_are_accepted(name: str) -> None:
    assert check_account_name(name) == name


@pytest.mark.parametrize(
    ("name", "near"), [("Alice", "alice"), ("alice smith", "alice-smith"), ("Ann@Home", "ann-home")]
)
def test_a_name_that_is_nearly_right_gets_a_proposal(name: str, near: str) -> None:
    with pytest.raises(InvalidName, match=f'Did you mean "{near}"'):
        check_account_name(name)


@pytest.mark.parametrize("name", ["", ".x", "-x", "a/b", "a\nb", "аlice", "x" * 64, "operator", "__token__", "../etc"])
def test_what_would_confuse_is_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        check_account_name(name)


@pytest.mark.parametrize(("name", "meaning"), [("root", "administrator"), ("operator", "data folder")])
def test_a_word_that_means_somebody_already_says_whom(name: str, meaning: str) -> None:
    with pytest.raises(InvalidName, match=f'"{name}" is .*{meaning}'):
        check_account_name(name)


@given(st.text(max_size=100))
@settings(max_examples=200, deadline=None)
def test_any_text_is_accepted_unchanged_or_refused(text: str) -> None:
    try:
        accepted = check_account_name(text)
    except InvalidName:
        return
    assert accepted == text
