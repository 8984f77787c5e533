"""Tokens as people handle them: copied, cut, mistyped, looked for by scanners."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.errors import Unauthorised
from pratique.trust.tokens import SCANNER_PATTERN, check_form, holds_token, new_token, token_digest

TOKEN = new_token()


def test_a_fresh_token_has_the_right_form_and_is_found_by_secret_scanners() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    for token in tokens:
        check_form(token)
        assert re.search(rf"\b{SCANNER_PATTERN}\b", f'token = "{token}"')


@given(st.integers(4, len(TOKEN) - 1), st.sampled_from(string.ascii_letters + string.digits))
@settings(max_examples=200, deadline=None)
def test_one_wrong_character_is_called_a_typo(place: int, other: str) -> None:
    if TOKEN[place] == other:
        return
    with pytest.raises(Unauthorised, match="mistyped"):
        check_form(TOKEN[:place] + other + TOKEN[place + 1 :])


@pytest.mark.parametrize(
    "damaged",
    [TOKEN[:-1], TOKEN + "x", TOKEN[:20] + " " + TOKEN[21:], TOKEN + "\n", "prq_", "prq_é"],
    ids=["short", "long", "blank", "newline", "nothing", "accent"],
)
def test_a_cut_token_is_called_damaged(damaged: str) -> None:
    with pytest.raises(Unauthorised, match="cut or damaged"):
        check_form(damaged)


def test_another_products_token_is_called_foreign() -> None:
    with pytest.raises(Unauthorised, match="begin with `prq_`"):
        check_form("npm_" + "a" * 36)


@given(st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_whatever_is_sent_gets_a_sentence_without_the_secret_in_it(text: str) -> None:
    with pytest.raises(Unauthorised) as raised:
        check_form(text)
    assert len(text) < 8 or text not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        TOKEN[:-1],
        TOKEN[:34],
        TOKEN.lower(),
        TOKEN.upper(),
        f"@x/{TOKEN}",
        f"{TOKEN[:-1]}-1.0.0.tgz",
        TOKEN + "x",
    ],
    ids=["whole", "short of one", "most of it", "lower case", "upper case", "scoped", "as a file", "long"],
)
def test_a_token_is_found_also_where_it_was_cut_or_changed(text: str) -> None:
    assert holds_token(text)


@pytest.mark.parametrize(
    "name",
    ["prq_", "prq_tools", "prq-" + "a" * 49, TOKEN[4:], "left-pad"],
    ids=["prefix", "word", "hyphen", "without prefix", "name"],
)
def test_a_name_is_no_token(name: str) -> None:
    assert not holds_token(name)


def test_the_stored_digest_tells_nothing_of_the_token() -> None:
    assert token_digest(TOKEN) == token_digest(TOKEN)
    assert TOKEN[4:] not in token_digest(TOKEN)
    assert len(token_digest(TOKEN)) == 64
