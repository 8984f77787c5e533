"""`config.json`: ours says where to go here, an upstream's where its crates are."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import BadUpstream
from pratique.ecosystems.cargo import CARGO
from tests.harness.crates import index_line
from tests.unit.ecosystems.cargo.reading import BASE

URL = "https://upstream.example.test/index/config.json"
DL = "https://static.example.test"


def ours(**how: bool):
    return orjson.loads(
        CARGO.write_description(BASE, **({"needs_credential": False, "members_only": False} | how)).body
    )


def located(dl: object, name: str = "left", version: str = "1.0.0", url: str = URL) -> str:
    canonical = name.lower()
    (file,) = CARGO.read_listing(canonical, index_line(name, version, b"x").encode(), "", "").files
    return CARGO.locate(file, dl if isinstance(dl, bytes) else orjson.dumps({"dl": dl}), url)


def test_where_anybody_may_read_no_token_is_asked_for():
    assert ours() == {"dl": f"{BASE}/files/{{crate}}/{{crate}}-{{version}}.crate", "api": BASE}


def test_where_members_read_a_token_is_sent_with_every_request():
    assert ours(needs_credential=True)["auth-required"] is True
    members = {"dl": f"{BASE}/members/files/{{crate}}/{{crate}}-{{version}}.crate", "api": f"{BASE}/members"}
    assert ours(members_only=True) == members | {"auth-required": True}


def test_an_upstream_is_asked_for_its_own():
    assert CARGO.description.path == "config.json"


@pytest.mark.parametrize(
    ("dl", "name", "where"),
    [
        (f"{DL}/crates", "left", f"{DL}/crates/left/1.0.0/download"),
        (f"{DL}/crates/", "left", f"{DL}/crates//left/1.0.0/download"),
        (f"{DL}/{{crate}}/{{crate}}-{{version}}.crate", "Left_Pad", f"{DL}/Left_Pad/Left_Pad-1.0.0.crate"),
        (f"{DL}/{{prefix}}/x", "LeFtpad", f"{DL}/Le/Ft/x"),
        (f"{DL}/{{lowerprefix}}/x", "LeFtpad", f"{DL}/le/ft/x"),
        (f"{DL}/{{prefix}}/x", "A", f"{DL}/1/x"),
        (f"{DL}/{{prefix}}/x", "AB", f"{DL}/2/x"),
        (f"{DL}/{{prefix}}/x", "ABC", f"{DL}/3/A/x"),
        (f"{DL}/{{lowerprefix}}/x", "ABC", f"{DL}/3/a/x"),
        ("/crates", "left", "https://upstream.example.test/crates/left/1.0.0/download"),
        ("../dl", "left", "https://upstream.example.test/dl/left/1.0.0/download"),
        ("//static.example.test/{crate}", "left", "https://static.example.test/left"),
        ("http://127.0.0.1:7417/{version}", "left", "http://127.0.0.1:7417/1.0.0"),
    ],
)
def test_a_crate_lies_where_the_template_says(dl, name, where):
    assert located(dl, name) == where


def test_the_checksum_can_be_the_address():
    assert located(f"{DL}/{{sha256-checksum}}").rpartition("/")[2] == (
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    )


def test_a_version_stands_in_the_address_as_cargo_writes_it():
    assert located(f"{DL}/{{version}}", version="1.0.0-rc.1+b.7") == f"{DL}/1.0.0-rc.1+b.7"


@pytest.mark.parametrize(
    "said",
    [b"", b"\xff", b"null", b"[]", b"{}", b"7", b"[" * 90_000, b'{"dl": 1e999}', b'{"dl": "\\ud800"}', None, 7, "", [],
     {}],
)  # fmt: skip
def test_a_description_that_names_no_place_is_an_error_of_the_upstream(said):
    with pytest.raises(BadUpstream, match="names no `dl`"):
        located(said)


@pytest.mark.parametrize(
    "dl",
    ["file:///etc/passwd", "ftp://x.example.test/", "http:///x", "https://user:secret@x.example.test/",
     "https://[::1/x", "javascript:alert(1)", "https://\u2100.example.test/", "data:,x"],
)  # fmt: skip
def test_a_place_that_cannot_be_fetched_is_an_error_of_the_upstream(dl):
    with pytest.raises(BadUpstream, match="no address"):
        located(dl)


parts = st.sampled_from(["{crate}", "{version}", "{prefix}", "{", "}", "http", "s://", ":", "//", "/", "..", "@", "[",
                         "]", "x.test", "?", "#", "\r\n", " ", "\u2100", "%00"])  # fmt: skip


@given(st.lists(parts, max_size=8).map("".join))
def test_any_template_leads_to_an_address_on_the_web_or_nowhere(dl):
    with contextlib.suppress(BadUpstream):
        place = urlsplit(located(dl))
        assert place.scheme in ("http", "https")
        assert place.hostname
        assert "@" not in place.netloc


@given(st.binary(max_size=40))
def test_any_description_is_read_or_an_error_of_the_upstream(said):
    with contextlib.suppress(BadUpstream):
        located(said)
