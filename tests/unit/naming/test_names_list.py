"""Lists of names in each form, in pieces of any size, and what is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid
from pratique.naming.corpus import Known
from pratique.naming.names_list import Listed, read_list, read_names, read_popular

NAMES = ["left-pad", "@acme/x", 'with "quotes" and \\', "brackets ]}{[", "ünïcode"]


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def documents(names: list[str]) -> list[bytes]:
    rows = {"total_rows": 2, "offset": 0, "rows": [{"id": one, "key": one, "value": {"rev": "1-a"}} for one in names]}
    index = {"meta": {"api-version": "1.1"}, "projects": [{"_last-serial": 1, "name": one} for one in names]}
    forms = [json.dumps(rows, indent=1), json.dumps(index), json.dumps(names), json.dumps(index, ensure_ascii=False)]
    return [one.encode() for one in forms]


@given(st.lists(st.text(min_size=1, max_size=20) | st.sampled_from(NAMES), max_size=6), st.integers(1, 80))
def test_every_json_form_is_read_in_pieces_of_any_size(names: list[str], size: int) -> None:
    for document in documents(names):
        assert [one.name for one in read_list(pieces(document, size))] == names


@pytest.mark.parametrize("size", [1, 3, 1_000])
def test_lines_have_names_and_perhaps_ranks_and_downloads(size: int) -> None:
    content = b"left-pad\t2\t900\r\nlodash\t1\n\n  \nplain\nlast"

    assert list(read_list(pieces(content, size))) == [
        Listed("left-pad", 2, 900),
        Listed("lodash", 1),
        Listed("plain"),
        Listed("last"),
    ]


def test_a_list_of_popular_names_is_read_in_the_order_of_rank() -> None:
    content = b"b\t2\t70\n\na\t1\t900\nc\t3"

    assert read_popular([content]) == [Known("a", 900), Known("b", 70), Known("c")]


@pytest.mark.parametrize("line", ["lodash", "lodash\tfirst", "\t1", "lodash\t1\tmany", "lodash\t-1", "a\t" + "9" * 99])
def test_a_popular_name_without_a_rank_is_refused(line: str) -> None:
    with pytest.raises(Invalid, match=r"line 2 is|has no rank in the list of popular names") as refusal:
        read_popular([f"ok\t1\n{line}\n".encode()])
    assert str(refusal.value).isprintable()


def test_of_a_list_of_all_names_what_follows_a_tab_is_passed_over() -> None:
    assert read_names([b"a\t1.0\tsummary\n\n b \nc"]) == ["a", "b", "c"]


@pytest.mark.parametrize("size", [1, 2, 4, 1_000])
def test_a_mark_of_utf_8_at_the_beginning_belongs_to_no_name(size: int) -> None:
    for content in (b"\xef\xbb\xbfleft-pad\nlodash\n", b'\xef\xbb\xbf["left-pad", "lodash"]'):
        assert [one.name for one in read_list(pieces(content, size))] == ["left-pad", "lodash"]


def test_a_list_without_names_is_empty() -> None:
    assert list(read_list([])) == list(read_list([b"\n\n"])) == list(read_list([b'{"rows": []}'])) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x1f\x8b\x08rest", "the file is packed; unpack it first"),
        (b"PK\x03\x04rest", "the file is packed"),
        (b"good\n\xff\xfe\x00\n", "line 2 is no text in UTF-8"),
        (b"\xff\xfea\x00\n\x00", "the file is text in UTF-16; save it in UTF-8"),
        (b"\n <!DOCTYPE html><html>", "the file is a web page and no list"),
        (b"name\t0\n", "ranks begin at 1"),
        (b"ok\n" + b"x" * 17_000 + b"\nok\n", "a line has more than 16,384 bytes"),
        (b"a\x00b\n", "line 1 is no text in UTF-8"),
        (b"x" * 5_000_000, "a line has more than 16,384 bytes"),
        (b"name\tfirst\n", "line 1 is 'name\\\\tfirst'; it should be a name"),
        (b"name\t1\t-5\n", "it should be a name"),
        (b"\t1\n", "it should be a name"),
        (b'{"error": "no"}', 'holds no list of names: none under "projects" or "rows"'),
        (b'{"rows": [{"id": "a"}, {"id"', "it was cut short"),
        (b'["a", "b', "it was cut short"),
        (b"[1, 2]", "member 1 of the list has no name"),
        (b'[{"nom": "a"}]', "member 1 of the list has no name"),
        (b'["a", {"name": 5}]', "member 2 of the list has no name"),
        (b'["a" "b", {x}]', "no JSON"),
        (b'["' + b"x" * 200_000 + b'"]', "more than 65,536 bytes"),
        (b'[{"name": "' + b"x" * 200_000 + b'"}]', "more than 65,536 bytes"),
        (b"[" * 100_000, "more than 65,536 bytes"),
        (b'{"x": "' + b"y" * 3_000_000, "holds no list of names"),
    ],
    ids=range(23),
)
def test_what_is_no_list_is_refused_with_where_it_is_none(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=re.escape(sentence).replace("\\\\\\\\", "\\\\")):
        list(read_list(pieces(content, 65_536)))


def test_no_more_of_a_line_without_end_is_read_than_shows_it() -> None:
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * 65_536

    with pytest.raises(Invalid):
        list(read_list(endless()))
    assert len(read) == 1
