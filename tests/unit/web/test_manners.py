"""What headers say is found out once for all who send the same ones; what is unusual goes the longer way."""

from __future__ import annotations

import pytest

from pratique.core.actors import Actor, ActorKind
from pratique.trust.tokens import new_token, token_digest
from pratique.web.answers import questions
from pratique.web.heads import USUAL, Head, read_head
from pratique.web.hosts import Hosts
from pratique.web.manners import Manner, Manners

TOKEN = new_token()
ANN, BEN = Actor(ActorKind.USER, 1, "ann"), Actor(ActorKind.AGENT, 2, "ben")


def head(*more: str, host: str = "a.test") -> Head:
    lines = "".join(f"{line}\r\n" for line in (f"Host: {host}", "Accept: */*", "Accept-Encoding: gzip", *more))
    found = read_head(f"GET /main/npm/left HTTP/1.1\r\n{lines}\r\n".encode())
    assert found is not None
    return found


def manner(*more: str, host: str = "a.test") -> Manner | None:
    return Manners(Hosts(["https://a.test"])).of(head(*more, host=host))


def test_headers_say_who_asks_and_how() -> None:
    found = manner(f"Authorization: Bearer {TOKEN}", "User-Agent: npm/11")

    assert found is not None
    assert (found.public_url, found.accept, found.encoding) == ("https://a.test", "*/*", "gzip")
    assert (found.digest, found.agent) == (token_digest(TOKEN), "npm/11")


def test_a_token_is_kept_as_its_digest_only() -> None:
    assert TOKEN not in repr(manner(f"Authorization: Bearer {TOKEN}"))


def test_nobody_has_no_digest() -> None:
    found = manner()

    assert found is not None
    assert found.digest == ""


@pytest.mark.parametrize("line", ["Range: bytes=0-1", 'If-Range: "e"', "If-Modified-Since: now"])
def test_who_wants_parts_of_a_file_is_not_given_all_of_it_at_once(line: str) -> None:
    found, usual = manner(line), manner()

    assert found is not None
    assert usual is not None
    assert (found.asks_for_parts, usual.asks_for_parts) == (True, False)


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Basic bmFtZTpwYXNzd29yZA==",
        "Authorization: Digest a b",
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-Host: b.test",
        "X-Forwarded-Proto: https",
        "Via: 1.1 other",
    ],
)
def test_passwords_and_what_comes_through_others_go_the_longer_way(line: str) -> None:
    assert manner(line) is None


def test_a_host_that_is_not_ours_goes_the_longer_way() -> None:
    assert manner(host="b.test") is None


def test_the_same_headers_are_read_once_and_long_ones_each_time() -> None:
    manners, long = Manners(Hosts(["https://a.test"])), f"X-Long: {'x' * USUAL}"

    assert manners.of(head()) is manners.of(head())
    assert manners.of(head(long)) is not manners.of(head(long))


def test_two_who_ask_in_the_same_manner_ask_questions_of_their_own() -> None:
    found = manner()

    assert found is not None
    for actor in (ANN, BEN, ANN):
        assert found.questions(actor) == questions("https://a.test", "*/*", "gzip", actor)
