"""`cargo publish` read as it streams in: two lengths, the metadata, the crate, and not a byte more."""

from __future__ import annotations

import tracemalloc

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.artifacts import Digests
from pratique.core.errors import Invalid, InvalidName, TooLarge
from pratique.ecosystems.cargo import CARGO
from tests.harness.crates import publish_body
from tests.unit.ecosystems.cargo.reading import publish


def framed(metadata: bytes, content: bytes = b"crate") -> bytes:
    return b"".join(part for one in (metadata, content) for part in (len(one).to_bytes(4, "little"), one))


def test_a_publish_becomes_a_draft_and_the_crates_bytes():
    draft, content = publish(publish_body("My_Crate", "1.0.0+b", b"\x1f\x8b bytes", license="MIT"))
    assert content == b"\x1f\x8b bytes"
    assert (draft.name, draft.version, draft.filename) == ("My_Crate", "1.0.0+b", "My_Crate-1.0.0+b.crate")
    assert draft.claims["license"] == "MIT"
    assert draft.digests == Digests()
    assert draft.tags == ()
    assert not draft.attested


@given(st.binary(min_size=1, max_size=200), st.integers(1, 60), st.text(max_size=20))
def test_pieces_of_any_length_make_the_same_draft(content, piece, description):
    body = publish_body("left", "1.0.0", content, description=description)
    assert publish(body, piece) == publish(body)
    assert publish(body, piece)[1] == content


def test_empty_pieces_change_nothing():
    body, out = publish_body("left", "1.0.0", b"crate"), bytearray()
    reader = CARGO.publish_reader({}, out.extend)
    for piece in (b"", body[:2], b"", body[2:-1], b"", body[-1:], b""):
        reader.feed(piece)
    assert reader.finish().name == "left"
    assert out == b"crate"


def test_the_crate_is_never_held():
    size = 100 << 20
    body = publish_body("left", "1.0.0", b"")[:-4] + size.to_bytes(4, "little")
    reader = CARGO.publish_reader({}, lambda piece: None)
    reader.feed(body)
    piece = bytes(1 << 20)
    tracemalloc.start()
    for _ in range(100):
        reader.feed(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reader.finish().name == "left"
    assert peak < 4 << 20


@pytest.mark.parametrize("length", [(10 << 20) + 1, 1 << 31, 2**32 - 1])
def test_absurd_metadata_is_refused_at_its_length(length):
    reader = CARGO.publish_reader({}, lambda piece: None)
    with pytest.raises(TooLarge, match=f"the metadata has {length} bytes, at most {10 << 20}"):
        reader.feed(length.to_bytes(4, "little"))


def test_an_absurd_crate_is_refused_where_the_body_ends():
    body = publish_body("left", "1.0.0", b"")[:-4] + (2**32 - 1).to_bytes(4, "little") + b"crate"
    with pytest.raises(Invalid, match="the body ended early"):
        publish(body)


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_bytes_behind_the_crate_are_refused(piece):
    with pytest.raises(Invalid, match="longer than the lengths in it say"):
        publish(publish_body("left", "1.0.0", b"crate") + b"\0", piece)


@given(st.data())
def test_a_body_that_ends_early_is_refused(data):
    body = publish_body("left", "1.0.0", b"crate")
    with pytest.raises(Invalid, match="ended early"):
        publish(body[: data.draw(st.integers(0, len(body) - 1))])


def test_a_body_without_a_crate_is_refused():
    with pytest.raises(Invalid, match="holds no crate"):
        publish(publish_body("left", "1.0.0", b""))


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        (b"", "no JSON"),
        (b"\xff", "no JSON"),
        (b"{}x", "no JSON"),
        (b'{"name": "left", "vers": NaN}', "no JSON"),
        (b'{"name": "left", "vers": 1e999}', "no JSON"),
        (b'{"name": "\\ud800", "vers": "1.0.0"}', "no JSON"),
        (b"[" * 100_000, "nested deeper than 128"),
        (b"null", "names no crate"),
        (b"[]", "names no crate"),
        (b'"left"', "names no crate"),
        (b"{}", "names no crate"),
        (b'{"name": 7, "vers": "1.0.0"}', "names no crate"),
        (b'{"name": "left"}', "names no version"),
        (b'{"name": "left", "vers": 1e308}', "names no version"),
        (b'{"name": "left", "vers": ' + b"[" * 1_000 + b"]" * 1_000 + b"}", "nested deeper than 128"),
        (b'{"name": "left", "vers": "1.0"}', "none that cargo reads"),
        (b'{"name": "left", "vers": "../1.0.0"}', "none that cargo reads"),
        (b'{"name": "left", "vers": "' + b"9" * 90_000 + b'"}', "none that cargo reads"),
    ],
)
def test_metadata_that_is_not_of_one_release_is_refused_with_the_reason(metadata, why):
    with pytest.raises(Invalid, match=why) as refused:
        publish(framed(metadata))
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("name", ["", "../left", "le ft", "\u0455erde", "1left", "x" * 65, "a\r\nb"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(InvalidName):
        publish(publish_body(name, "1.0.0", b"crate"))


@pytest.mark.parametrize("vers", ["1.0.0", "0.0.1-rc.1", "1.0.0+build"])
def test_the_file_is_called_by_what_the_request_names(vers):
    assert publish(publish_body("left", vers, b"crate"))[0].filename == f"left-{vers}.crate"


junk = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.floats(allow_nan=False) | st.sampled_from(["left", "1.0.0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "vers"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["name", "vers", "deps"]), junk), st.integers(1, 40))
def test_any_metadata_is_a_draft_or_refused(claims, piece):
    try:
        draft, _ = publish(framed(orjson.dumps({"name": "left", "vers": "1.0.0"} | claims)), piece)
    except (Invalid, TooLarge):
        return
    assert draft.filename == f"{draft.name}-{draft.version}.crate"
    assert "/" not in draft.filename


@given(st.lists(st.binary(max_size=20), max_size=6))
def test_noise_is_never_a_draft(pieces):
    with pytest.raises((Invalid, TooLarge)):
        publish(b"".join(pieces), 5)
