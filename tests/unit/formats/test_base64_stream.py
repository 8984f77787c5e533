"""Base64 decoded as it arrives says the same as base64 decoded at once, and takes nothing else."""

from __future__ import annotations

import base64
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid
from pratique.formats.base64_stream import Base64Reader


def decoded(*pieces: bytes) -> bytes:
    out = bytearray()
    reader = Base64Reader(out.extend)
    for piece in pieces:
        reader.feed(piece)
    reader.finish()
    assert reader.decoded == len(out)
    return bytes(out)


@given(st.binary(max_size=200), st.lists(st.integers(0, 300), max_size=8))
def test_any_bytes_survive_any_cutting(content, cuts):
    text = base64.b64encode(content)
    edges = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    assert decoded(*(text[start:end] for start, end in itertools.pairwise(edges))) == content


@pytest.mark.parametrize(
    "text",
    [b"QUJ", b"QUI", b"Q", b"QQ", b"QQ=", b"QQ===", b"QQ==QQ==", b"QUJD=", b"====", b"QU J", b"QUJD\n", b"QUJD\r\n",
     b"QU-D", b"QU_D", b"QUJ\xc3", b"QR==", b"QUJ=", b"Q===", b"=QUJ", b"Q=JD"],
)  # fmt: skip
def test_foreign_characters_wrong_padding_and_stray_bits_are_refused(text):
    with pytest.raises(Invalid):
        decoded(text)
    with pytest.raises(Invalid):
        decoded(*(text[index : index + 1] for index in range(len(text))))


def test_nothing_is_a_valid_text_of_nothing():
    assert decoded() == b""


@given(st.binary(max_size=40))
def test_whatever_is_accepted_is_the_one_spelling_of_its_bytes(text):
    try:
        content = decoded(text)
    except Invalid:
        return
    assert base64.b64encode(content) == text
