"""Large documents are read in pieces, and come out as they would in one."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.formats import large_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch):
    monkeypatch.setattr(large_json, "LARGE", 1)


@settings(max_examples=60)
@given(VALUES)
def test_what_is_read_in_pieces_is_what_is_read_in_one(value):
    written = orjson.dumps(value)

    assert large_json.loads(written) == orjson.loads(written)
    assert large_json.loads(b" \n" + written) == orjson.loads(written)
    assert large_json.loads(orjson.dumps(value, option=orjson.OPT_INDENT_2)) == orjson.loads(written)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"a": }',
        b'{"a": 1} x',
        b'{"a": [1, 2}',
        b'{"a": "\xff"}',
        b'{"\xff": 1}',
        b'{"a": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"a": NaN}',
        b'{"a": {"b": 01}}',
        b'{"a": 1e400}',
        b'{"a": 1e400, "a": 1}',
        b'{"a":1e400,"a":1}',
        b'{"a": 0, "b": 1e400, "\\u0062": 1, "c": 2}',
        b'{"a": {"b" : "\\ud800" , "b" : 1 } }',
        b"[" * 5_000,
        b'{"a": ' * 5_000 + b"1" + b"}" * 5_000,
    ],
    ids=lambda one: str(one[:20]),
)
def test_what_is_no_json_is_refused_in_the_same_words(content):
    with pytest.raises(orjson.JSONDecodeError) as said:
        orjson.loads(content)

    with pytest.raises(orjson.JSONDecodeError) as also:
        large_json.loads(content)

    assert str(also.value) == str(said.value)


@pytest.mark.parametrize("content", [b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "c": 3, "b": 2}}', b'[{"a": 1, "a": 2}]'])
def test_of_a_member_that_is_there_twice_the_last_one_counts_as_ever(content):
    assert large_json.loads(content) == orjson.loads(content)


@pytest.mark.parametrize(
    "content", [b'{"a":1,"b":2}', b' { "a" : 1 ,\n"b": [2 ] } ', b'{"\\u00e9\\"": 1, "": {}}', b"{ }"]
)
def test_an_object_whose_names_stand_once_is_read_in_pieces_however_it_is_written(content):
    piece = memoryview(content)

    assert large_json._are_all(large_json._OBJECT.decode(piece), piece)
    assert large_json.loads(content) == orjson.loads(content)
