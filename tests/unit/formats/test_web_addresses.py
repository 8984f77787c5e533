"""Addresses in strangers' files: compared as clients resolve them, shown without what may be secret."""

from __future__ import annotations

import pytest

from pratique.formats.web_addresses import origin_of, read_address


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("https://Host.example.test:443/a#b", "https://host.example.test/a"),
        ("http://user:secret@127.0.0.1:7417/a?b#c", "http://127.0.0.1:7417/a?b"),
        ("http://[::1]:80/", "http://[::1]/"),
    ],
)
def test_an_address_is_read_without_credentials_and_fragment(text, whole):
    address = read_address(text)
    assert address is not None
    assert address.whole == whole


@pytest.mark.parametrize("text", ["", "x", "ftp://h/x", "git+https://h/x", "http://", "http://h:x/", "http://h:99999/",
                                  "https://a.example.test\\@b.example.test/x",
                                  "http://[::1/", "http://h/a b", "http://h/\x1b[2J", "http:///x"])  # fmt: skip
def test_what_is_no_web_address_is_none(text):
    assert read_address(text) is None
    assert origin_of(text) == "an address that is none"


def test_below_counts_whole_segments_of_the_same_origin():
    address = read_address("https://h.example.test/main/npm/x")
    assert address is not None
    assert address.below("https://h.example.test/main/npm/") == "/x"
    assert address.below("https://h.example.test/main/np") is None
    assert address.below("http://h.example.test/main/npm") is None
    assert address.below("nonsense") is None


def test_of_an_address_only_its_origin_is_shown():
    assert origin_of("sparse+https://u:secret@crates.example.test/secret/index/") == "https://crates.example.test"
