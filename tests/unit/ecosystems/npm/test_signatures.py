"""Keys of upstreams are read as far as they can be keys."""

from __future__ import annotations

import orjson
import pytest

from pratique.core.artifacts import Digests
from pratique.ecosystems.npm import signatures

GOOD = {
    "expires": None,
    "keyid": "SHA256:x",
    "keytype": "ecdsa-sha2-nistp256",
    "scheme": "ecdsa-sha2-nistp256",
    "key": "MFkw",
}


def test_what_is_signed_names_release_and_integrity():
    digests = Digests(sha512="00" * 64)

    assert signatures.signed_text("@acme/x", "1.0.0", digests).startswith("@acme/x@1.0.0:sha512-AAAA")
    assert signatures.signed_text("x", "1.0.0", Digests(sha1="00" * 20)) == ""


def test_keys_are_written_as_they_were_read():
    content = orjson.dumps({"keys": [GOOD, GOOD | {"keyid": "SHA256:y", "expires": "2025-01-29T00:00:00.000Z"}]})

    assert orjson.loads(signatures.write_keys(signatures.read_keys(content)).body) == orjson.loads(content)


@pytest.mark.parametrize(
    "broken",
    [
        GOOD | {"key": "-----BEGIN"},
        GOOD | {"key": "M" * 5_000},
        GOOD | {"keyid": ""},
        GOOD | {"keyid": 7},
        GOOD | {"expires": 7},
        {"keyid": "SHA256:x"},
        "key",
        None,
    ],
    ids=["no base64", "too long", "no id", "number for an id", "number for a time", "half", "text", "nothing"],
)
def test_what_cannot_be_a_key_is_left_out(broken):
    assert [one.id for one in signatures.read_keys(orjson.dumps({"keys": [broken, GOOD]}))] == ["SHA256:x"]


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"{}", b'{"keys": 1}', b'{"keys": {}}', b"null"])
def test_a_document_without_keys_has_none(content):
    assert signatures.read_keys(content) == ()


def test_no_document_is_too_long_to_read():
    assert len(signatures.read_keys(orjson.dumps({"keys": [GOOD] * 1_000}))) == 50
