"""The fields of core metadata: as the e-mail parser sees them, or refused before it does."""

from __future__ import annotations

from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.pypi.fields import MAX_FIELD_NAMES, MAX_FIELDS, MAX_HEADERS, read_fields
from pratique.ecosystems.pypi.metadata import parse_metadata

HEAD = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"From x\n" + HEAD, id="an envelope before the fields"),
        pytest.param(HEAD + b"From x\nSummary: a\n", id="an envelope among the fields"),
        pytest.param(HEAD + b"From x", id="an envelope as the last line"),
        pytest.param(b" Name: x\n" + HEAD, id="a continuation of nothing"),
        pytest.param(HEAD + b": no name\n", id="a field without a name"),
        pytest.param(HEAD + b"Two words: x\n", id="a blank in a name"),
        pytest.param(HEAD + b"N\xc3\xa4me: x\n", id="a name that is not ASCII"),
        pytest.param(HEAD + b"License: first line\nsecond line\n\n", id="a line that is no field"),
        pytest.param(HEAD + b"Summary: a\r\x0bb: c\n", id="another line end"),
    ],
)
def test_a_line_before_the_description_that_is_no_field_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="among its fields; a field is `Name: value`"):
        parse_metadata(content, "METADATA")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(HEAD + b"Classifier: a\n" * MAX_FIELDS, f"more than {MAX_FIELDS} fields", id="fields"),
        pytest.param(
            HEAD + b"".join(b"X-%d: a\n" % number for number in range(MAX_FIELD_NAMES)),
            f"more than {MAX_FIELD_NAMES} different",
            id="names",
        ),
        pytest.param(
            HEAD
            + b"".join(bytes(f"{number:07b}: a\n".translate({48: "b", 49: "B"}), "ascii") for number in range(128)),
            f"more than {MAX_FIELD_NAMES} different",
            id="spellings of one name",
        ),
        pytest.param(HEAD + b"Summary: " + b"a" * MAX_HEADERS, f"more than {MAX_HEADERS} bytes", id="bytes"),
    ],
)
def test_fields_without_end_are_too_many(content: bytes, sentence: str) -> None:
    with pytest.raises(TooLarge, match=sentence):
        read_fields(content, "METADATA")


def test_what_stands_behind_the_first_empty_line_is_no_field() -> None:
    fields = read_fields(HEAD + b"Summary: a\n b\n\nFrom x\n: y\n" + b"z\n" * MAX_HEADERS, "METADATA")

    assert [name for name, _ in fields] == [b"Metadata-Version", b"Name", b"Version", b"Summary"]
    assert fields[-1][1] == [b" a", b" b"]


NAMES = [b"Name", b"a", b":", b": b", b"From x", b"\xc3\xa4"]
PIECES = [*NAMES, b"\n", b"\r", b"\r\n", b" ", b"\t", b"\n\n", b"\x0b", b"\x85"]


@given(st.lists(st.sampled_from(PIECES), max_size=24).map(b"".join))
@settings(max_examples=300)
def test_the_parser_behind_sees_the_same_fields(content: bytes) -> None:
    try:
        mine = read_fields(content, "METADATA")
    except Invalid:
        return

    theirs = BytesParser().parsebytes(content)

    assert [name.encode() for name, _ in theirs.raw_items()] == [name for name, _ in mine]
    for (_, lines), (_, value) in zip(mine, theirs.raw_items(), strict=True):
        written = value.encode("ascii", "surrogateescape")
        assert _flat(written) == _flat(b"\n".join(lines).lstrip(b" \t"))
    assert not theirs.defects


def _flat(value: bytes) -> bytes:
    """Whatever the line ends: the parser keeps those between lines, and drops those at the end."""
    return value.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
