"""A JSON document read in pieces is the document read at once, with chosen strings taken out."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pratique.core.errors import Invalid, TooLarge
from pratique.formats.json_stream import JsonStream

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "data", "é", ""]), inner, max_size=4)
    ),
    max_leaves=12,
)


class Taken:
    """Collects what is taken out at `("x", "data")`, and how often it ended."""

    def __init__(self) -> None:
        self.content = b""
        self.ends = 0

    def __call__(self, path, piece):
        assert path == ("x", "data")
        self.content += piece
        self.ends += not piece


def read(pieces, max_rest=10_000):
    taken = Taken()
    stream = JsonStream(lambda path: path == ("x", "data"), taken, max_rest)
    for piece in pieces:
        stream.feed(piece)
    return stream.finish(), taken


def cut(text: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(text), *(min(each, len(text)) for each in cuts)})
    return [text[start:end] for start, end in itertools.pairwise(edges)]


@given(json_values, st.text(max_size=12), st.booleans(), st.lists(st.integers(0, 400), max_size=10))
@example({"x": {"data": "no"}}, 'q"\\\n\u2028', True, list(range(400)))
def test_a_string_is_taken_out_and_the_rest_is_unchanged_however_it_is_cut(value, secret, ascii_only, cuts):
    document = {"before": value, "x": {"a": [{"data": "kept"}], "data": secret, "z": value}, "after": {"data": "kept"}}
    text = json.dumps(document, ensure_ascii=ascii_only)
    if any(0xD800 <= ord(char) <= 0xDFFF for char in text) or "\\ud" in text:
        return
    rest, taken = read(cut(text.encode(), cuts))
    assert rest == {**document, "x": {**document["x"], "data": ""}}
    assert taken.content.decode() == secret
    assert taken.ends == 1


def test_escapes_in_keys_do_not_hide_a_string():
    _, taken = read([rb'{"\u0078": {"d\u0061ta": "\u0041\/b"}}'])
    assert taken.content == b"A/b"


def test_only_strings_are_taken_out():
    rest, taken = read([b'{"x": {"data": 12}}'])
    assert rest == {"x": {"data": 12}}
    assert taken.ends == 0


def test_a_string_that_stands_twice_ends_twice():
    _, taken = read([b'{"x": {"data": "a", "data": "b"}}'])
    assert taken.ends == 2


def test_an_array_on_the_way_makes_it_another_path():
    rest, taken = read([b'{"x": [{"data": "a"}], "y": {"data": "b"}}'])
    assert rest == {"x": [{"data": "a"}], "y": {"data": "b"}}
    assert taken.ends == 0


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b'{"a"', b'{"a":1', b'{"a":1]', b"]", b'{"a":1}}', b'{"a":1} {"b":2}', b'"', b'"\\', b'"\\u00', b"nul",
     b'{"x":{"data":"\\q"}}', b'{"x":{"data":"\\u+041"}}', b'{"x":{"data":"\\ud800"}}', b'{"x":{"data":"\n"}}',
     b"<html>", b'{"a":NaN}', b"{'a':1}", b'{"a":"\xff"}', b'{"\xff":1}', b'{"x":{"data":"a"b}}'],
)  # fmt: skip
def test_what_is_no_json_document_is_refused(text):
    with pytest.raises(Invalid):
        read([text])
    with pytest.raises(Invalid):
        read([text[index : index + 1] for index in range(len(text))])


def test_deep_nesting_is_refused_before_it_costs_anything():
    with pytest.raises(Invalid, match="nested deeper"):
        read([b"[" * 1000])


def test_the_rest_is_bounded_and_what_is_taken_out_is_not():
    long = b"A" * 5000
    assert read([b'{"x":{"data":"' + long + b'"}}'], max_rest=100)[1].content == long
    with pytest.raises(TooLarge, match="100 bytes"):
        read([b'{"x":{"other":"' + long + b'"}}'], max_rest=100)


@given(st.lists(st.binary(max_size=20), max_size=6))
@example([b'{"x":{"data":"', b"\\", b'u0041"', b"}}"])
def test_any_bytes_are_a_document_or_refused(pieces):
    try:
        rest, _ = read(pieces)
    except Invalid:
        return
    assert json.dumps(rest)


@given(st.text(alphabet='{}[],:"\\xdat1 u0\n', max_size=40).map(str.encode))
def test_what_is_accepted_is_json_to_a_strict_parser_too(text):
    try:
        read([text])
    except Invalid:
        return
    json.loads(text)
