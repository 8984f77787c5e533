"""Stored index documents come back as they arrived."""

import contextlib
import gzip
import hashlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.clock import MINUTE, Instant
from pratique.core.errors import BadUpstream
from pratique.store import documents
from pratique.store.documents import Document, DocumentHead
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)


def document(upstream_id=1, plain=b'{"name": "left"}', **other):
    values = {
        "upstream_id": upstream_id,
        "name": "left",
        "status": 200,
        "etag": '"1"',
        "last_modified": None,
        "content_type": "application/json",
        "url": "http://127.0.0.1:9/npm/left",
        "content": gzip.compress(plain),
        "sha256": hashlib.sha256(plain).hexdigest(),
        "size": len(plain),
        "fetched": NOW,
        "checked": NOW,
    }
    return Document(**{**values, **other})


def test_a_document_comes_back_as_it_was_stored(c, upstream):
    new = document(upstream.id)
    documents.store(c, new)

    assert documents.find(c, upstream.id, "left") == new
    assert documents.find(c, upstream.id, "left").uncompressed() == b'{"name": "left"}'


def test_its_head_is_all_but_the_bytes(c, upstream):
    new = document(upstream.id)
    documents.store(c, new)

    whole = msgspec.structs.asdict(new)
    del whole["content"]
    assert documents.head(c, upstream.id, "left") == DocumentHead(**whole)


def test_a_newer_document_takes_the_place_of_the_older(c, upstream):
    documents.store(c, document(upstream.id))
    newer = document(upstream.id, b"[]", etag=None, fetched=LATER, checked=LATER)
    documents.store(c, newer)

    assert documents.find(c, upstream.id, "left") == newer


def test_a_confirmed_document_keeps_its_bytes_and_their_age(c, upstream):
    documents.store(c, document(upstream.id))
    documents.confirm(c, upstream.id, "left", LATER, None)
    assert documents.head(c, upstream.id, "left").etag == '"1"'

    documents.confirm(c, upstream.id, "left", LATER, '"2"')

    expected = document(upstream.id, checked=LATER, etag='"2"')
    assert documents.find(c, upstream.id, "left") == expected


def test_a_name_the_upstream_does_not_have_is_remembered_as_such(c, upstream):
    documents.missing(c, upstream.id, "left", NOW)

    found = documents.find(c, upstream.id, "left")
    assert (found.status, found.checked, found.uncompressed()) == (404, NOW, b"")


def test_a_name_that_is_gone_keeps_the_copy_held_before(c, upstream):
    held = document(upstream.id)
    documents.store(c, held)

    documents.missing(c, upstream.id, "left", LATER)
    documents.missing(c, upstream.id, "left", LATER)

    found = documents.find(c, upstream.id, "left")
    assert (found.status, found.checked, found.fetched) == (404, LATER, NOW)
    assert found.uncompressed() == held.uncompressed()


def test_what_was_never_asked_for_is_none(c, upstream):
    assert documents.find(c, upstream.id, "left") is None
    assert documents.head(c, upstream.id, "left") is None


def test_two_upstreams_have_documents_of_their_own(c, upstream):
    documents.store(c, document(upstream.id))

    assert documents.find(c, upstream.id + 1, "left") is None


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=5_000))
def test_any_bytes_survive_compression(plain):
    assert document(plain=plain).uncompressed() == plain


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b"longer than it was said to be"),
        gzip.compress(b"\0" * 50_000_000),
        gzip.compress(b"short"),
        gzip.compress(b"ten bytes!")[:-9],
        b"no gzip at all",
        b"",
    ],
    ids=["longer", "bomb", "shorter", "cut", "no gzip", "nothing"],
)
def test_a_damaged_document_is_refused_and_never_inflated_beyond_its_size(content):
    with pytest.raises(BadUpstream, match="document of left is damaged"):
        document(content=content, size=10).uncompressed()


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 1_000))
def test_no_bytes_do_anything_but_inflate_or_be_refused(content, size):
    with contextlib.suppress(BadUpstream):
        assert len(document(content=content, size=size).uncompressed()) == size
