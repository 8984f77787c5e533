"""Strangers' TOML is read within bounds of length, depth and time."""

from __future__ import annotations

import contextlib
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid, TooLarge
from pratique.formats.toml import MAX_PARTS, MAX_WORD, read_toml

ROOM = 1 << 20


def read(text: str | bytes):
    return read_toml(text if isinstance(text, bytes) else text.encode(), "the file", ROOM)


SOUND = """
# a.comment.with.many.many.many.many.many.many.many.many.many.many.many.many.many.parts "and a quote
'quoted.dots.count.as.one.part.of.a.key.and.so.do.these.here.as.we.see.1.2.3' = 1.5
a . "b.c" . 'd' = \"\"\"x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x "two" \\\\\"\"\"\"\"
e = '''y.y.y.y.y.y.y.y.y.y.y.y.y.y.y.y.y.y.y.y 'two' \\'''''
f = "z.z.z.z.z.z.z.z.z.z.z.z.z.z.z.z.z.z.z.z \\" # no comment"
g = ["", '', \"\"\"\"\"\", '''''', 1979-05-27, 1e5]
[target.'cfg(unix)'.dependencies.left]
[p.p.p.p.p.p.p.p.p.p.p.p.p.p.p.p]
"""


def test_dots_in_strings_and_comments_are_no_parts_of_keys():
    assert read(SOUND) == tomllib.loads(SOUND)


@pytest.mark.parametrize("part", ["a", '"a"', "'a'", r'"\""', "''", '""', "a ", " \t'#'", '"[="'])
@pytest.mark.parametrize("form", ["{} = 1", "[{}]", "[[{}]]", "x = {{ {} = 1 }}", "x = [ # ' \n {{ {} = 1 }}, ]"])
def test_a_key_of_many_parts_is_refused_before_it_costs_anything(part, form):
    assert read(form.format(".".join([part] * MAX_PARTS)))
    with pytest.raises(Invalid, match="key of more than 16 parts"):
        read(form.format(".".join([part] * 400_000 if part == "a" else [part] * (MAX_PARTS + 1))))


LONG = "1" * (MAX_WORD + 1)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = 0x{}", id="hexadecimal"),
        pytest.param("a = 1.{}", id="fraction"),
        pytest.param("a = 1e+{}", id="exponent"),
        pytest.param("a = 1_{}", id="integer"),
        pytest.param("a = [1, 2.{}]", id="in an array"),
        pytest.param("a = {{ b = 0b{} }}", id="in a table"),
        pytest.param("a{} = 1", id="key"),
        pytest.param("a = 1979-05-27T00:32:00.{}", id="part of a second"),
    ],
)
def test_a_word_without_quotes_that_is_too_long_is_refused_before_the_parser_sees_it(text, monkeypatch):
    read(text.format("1" * 10))
    monkeypatch.setattr(tomllib, "loads", lambda _text: pytest.fail("it went to the parser"))

    with pytest.raises(Invalid, match=f"in line 2: what stands without quotes may have at most {MAX_WORD} characters"):
        read("\n" + text.format(LONG))


@pytest.mark.parametrize("text", ['a = "{}"', "a = '{}'", 'a = """{}"""', "'{}' = 1", '"{}" = 1', "# {}"])
def test_what_stands_in_quotes_or_a_comment_may_be_as_long_as_it_likes(text):
    assert read(text.format(LONG)) == tomllib.loads(text.format(LONG))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"\xff", "utf-8"),
        (b"\x00", "no readable TOML"),
        ("[", "no readable TOML"),
        ("a = 1\na = 2", "no readable TOML"),
        ("a = " + "1" * 5_000, "number that is too long"),
        ("a = 2024-02-31", "no readable TOML"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("a = " + "{a=" * 100_000, "nested too deeply"),
        ('a = "x\nb = "y"', "string in line 1 has no end"),
        ('\n\na = """x', "string in line 3 has no end"),
        ("a = '''x''", "string in line 1 has no end"),
        ("a = 1\nb = 'x", "string in line 2 has no end"),
        ('"""' * 100_001, "string in line 1 has no end"),
        ('\\"""' * 100_001, "string in line 1 has no end"),
        ('a = """' + '\\"""' * 100_001, "string in line 1 has no end"),
    ],
)
def test_what_is_no_toml_is_refused_with_the_reason(text, why):
    with pytest.raises(Invalid, match=why) as refused:
        read(text)
    assert len(str(refused.value)) < 300


def test_a_longer_file_is_not_looked_at():
    with pytest.raises(TooLarge, match="the file has 1048577 bytes; at most 1048576"):
        read(b"\xff" * (ROOM + 1))


@given(st.text(alphabet="ab.\"'\\#=[]{}, \n1", max_size=30))
def test_short_text_is_read_exactly_where_the_parser_reads_it(text):
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(Invalid):
            read(text)
    else:
        assert read(text) == expected


@given(st.binary(max_size=40))
def test_any_bytes_are_toml_or_refused(content):
    with contextlib.suppress(Invalid):
        read(content)
