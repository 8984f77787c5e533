"""Heads of requests: what is read in one look is what aiohttp's parser reads, and all that is unusual is left to it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp.http_parser import HttpRequestParser
from hypothesis import given
from hypothesis import strategies as st

from pratique.web.heads import LONGEST, Head, read_head

NPM = (
    b"GET /main/npm/@acme%2fleft HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: npm/11 node/v22\r\n"
    b"Accept: application/json; q=0.8, */*\r\nconnection: keep-alive\r\nX-Empty:\r\n\r\n"
)


def parsed(data: bytes) -> tuple[str, str, dict[str, str], bool]:
    """Method, path, headers and whether a body follows, as aiohttp's parser says."""
    loop = asyncio.new_event_loop()
    try:
        parser: Any = HttpRequestParser(None, loop, 2**16, max_line_size=2**14, max_field_size=2**14)
        [(message, payload)], _, tail = parser.feed_data(data)
        assert not tail
        headers = {name.lower(): value for name, value in message.headers.items()}
        return message.method, message.path, headers, not payload.is_eof()
    finally:
        loop.close()


def all_headers(head: Head) -> dict[str, str]:
    return {**head.headers, **({} if head.none_match is None else {"if-none-match": head.none_match})}


def without_address(headers: dict[str, str]) -> dict[str, str]:
    """What is looked at: the address stands in the first line."""
    return {name: value for name, value in headers.items() if name != "pacote-pkg-id"}


def test_a_clients_request_is_read_as_the_parser_reads_it() -> None:
    head = read_head(NPM)

    assert head is not None
    assert ("GET", head.path, all_headers(head), False) == parsed(NPM)


@pytest.mark.parametrize("name", ["If-None-Match", "if-none-match"])
@pytest.mark.parametrize("before", [b"X-Empty:", b"Host:", b"User-Agent:", b"\r\n\r\n"])
def test_what_a_client_has_already_is_read_apart_from_who_it_is(name: str, before: bytes) -> None:
    usual = read_head(NPM)

    line = f'{name}: "e", "f"\r\n'.encode()
    head = read_head(NPM.replace(before, b"\r\n" + line + b"\r\n" if before.isspace() else line + before, 1))

    assert usual is not None
    assert head is not None
    assert (head.none_match, head.headers, head.lines) == ('"e", "f"', usual.headers, usual.lines)


@pytest.mark.parametrize("before", [b"X-Empty:", b"Host:", b"User-Agent:", b"\r\n\r\n"])
def test_what_npm_says_again_of_the_address_is_nothing_new(before: bytes) -> None:
    usual = read_head(NPM)

    line = b"pacote-pkg-id: registry:@acme/left\r\n"
    head = read_head(NPM.replace(before, b"\r\n" + line + b"\r\n" if before.isspace() else line + before, 1))

    assert usual is not None
    assert head is not None
    assert (head.headers, head.lines) == (usual.headers, usual.lines)


@pytest.mark.parametrize("value", [b"x-pacote-pkg-id: 1", b"X-Quotes: pacote-pkg-id: 1"])
def test_what_only_looks_like_it_stays(value: bytes) -> None:
    data = NPM.replace(b"X-Empty:", value)

    head = read_head(data)

    assert head is not None
    assert all_headers(head) == parsed(data)[2]


@pytest.mark.parametrize(
    "data",
    [
        NPM[:-1],
        NPM[:-2],
        NPM + b"G",
        NPM + NPM,
        b"\r\n" + NPM,
        NPM.replace(b"GET ", b"PUT "),
        NPM.replace(b"GET ", b"HEAD "),
        NPM.replace(b"GET ", b"get "),
        NPM.replace(b"HTTP/1.1", b"HTTP/1.0"),
        NPM.replace(b"GET /", b"GET http://elsewhere/"),
        NPM.replace(b"left HTTP", b"le ft HTTP"),
        NPM.replace(b"left", b"le\xc3\xa4ft"),
        NPM.replace(b"left", b"left#there"),
        NPM.replace(b"\r\n", b"\n"),
        NPM.replace(b"Host:", b"Host :"),
        NPM.replace(b"Host:", b" Host:"),
        NPM.replace(b"X-Empty:", b"X-Empty: a\x00b"),
        NPM.replace(b"X-Empty:", b"X-Empty: a\tb"),
        NPM.replace(b"X-Empty:", b"X-Empty: a\r\n folded"),
        NPM.replace(b"X-Empty:", b"X-Empty: \ra\n"),
        NPM.replace(b"X-Empty:", b"no colon"),
        NPM.replace(b"X-Empty:", b": no name"),
        NPM.replace(b"X-Empty:", b"Host: elsewhere"),
        NPM.replace(b"X-Empty:", b"If-None-Match: a\r\nif-none-match: b\r\nX-Empty:"),
        NPM.replace(b"X-Empty:", b"hOST: elsewhere"),
        NPM.replace(b"X-Empty:", b"Content-Length: 0"),
        NPM.replace(b"X-Empty:", b"Content-Length: 5"),
        NPM.replace(b"X-Empty:", b"transfer-encoding: chunked"),
        NPM.replace(b"X-Empty:", b"Expect: 100-continue"),
        NPM.replace(b"X-Empty:", b"Upgrade: h2c"),
        NPM.replace(b"keep-alive", b"close"),
        NPM.replace(b"keep-alive", b"upgrade"),
        NPM.replace(b"X-Empty:", b"X-Long: " + LONGEST * b"x"),
        b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"",
    ],
    ids=range(36),
)
def test_whatever_is_not_quite_usual_is_left_to_the_parser(data: bytes) -> None:
    assert read_head(data) is None


NAMES = st.sampled_from(
    [
        "Host",
        "Accept",
        "If-None-Match",
        "if-none-match",
        "IF-None-Match",
        "X-If-None-Match",
        "pacote-pkg-id",
        "X-A",
        "host",
        "Connection",
        "Content-Length",
        "a_b",
        "a b",
    ]
)
VALUES = st.text('aZ09 ,;*/:="\t\x7f\r\n', max_size=6)
PATHS = st.text('/a%2.@~?#\\ "{|é', max_size=6)


@given(PATHS, st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=4))
def test_nothing_is_read_otherwise_than_the_parser_reads_it(path: str, headers: list[tuple[str, str]]) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    data = f"GET /{path} HTTP/1.1\r\n{lines}\r\n".encode()

    head = read_head(data)

    if head is not None:
        assert ("GET", head.path, without_address(all_headers(head)), False) == (
            *parsed(data)[:2],
            without_address(parsed(data)[2]),
            False,
        )
