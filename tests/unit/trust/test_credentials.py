"""Authorization headers as npm, pip, uv, twine, cargo and attackers send them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.errors import Unauthorised
from pratique.trust.credentials import PasswordCredential, TokenCredential, read_authorization
from pratique.trust.tokens import new_token

TOKEN = new_token()


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.mark.parametrize("header", [None, "", "   "])
def test_no_header_is_no_credential(header: str | None) -> None:
    assert read_authorization(header) is None


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer {TOKEN}",
        f"bearer {TOKEN}",
        TOKEN,
        basic(f"__token__:{TOKEN}"),
        basic(f"alice:{TOKEN}"),
        basic(f":{TOKEN}"),
        basic(f"{TOKEN}:"),
        basic(f"alice:{TOKEN}").replace("Basic", "bAsIc"),
    ],
    ids=["npm", "lower case", "cargo", "twine", "any name", "no name", "token as name", "any case"],
)
def test_a_token_is_found_however_the_client_sends_it(header: str) -> None:
    assert read_authorization(header) == TokenCredential(TOKEN)


def test_a_token_of_another_server_sent_as_token_stays_a_token() -> None:
    assert read_authorization(basic("__token__:pypi-abc")) == TokenCredential("pypi-abc")


def test_name_and_password_stay_what_they_are_colons_included() -> None:
    assert read_authorization(basic("alice:a:b:c")) == PasswordCredential("alice", "a:b:c")


@pytest.mark.parametrize(
    "header",
    ["Basic ***", "Basic " + base64.b64encode(b"\xff\xfe").decode(), basic("nocolon"), "Digest x y", "a" * 5_000],
)
def test_what_cannot_be_read_gets_a_sentence(header: str) -> None:
    with pytest.raises(Unauthorised):
        read_authorization(header)


@given(st.text(max_size=200) | st.binary(max_size=80).map(lambda raw: "Basic " + base64.b64encode(raw).decode()))
@settings(max_examples=200, deadline=None)
def test_any_header_is_read_or_refused(header: str) -> None:
    try:
        credential = read_authorization(header)
    except Unauthorised:
        return
    assert credential is None or isinstance(credential, TokenCredential | PasswordCredential)


def test_no_secret_shows_up_when_a_credential_is_printed() -> None:
    assert TOKEN not in repr(TokenCredential(TOKEN))
    assert "hunter2" not in repr(PasswordCredential("alice", "hunter2"))
