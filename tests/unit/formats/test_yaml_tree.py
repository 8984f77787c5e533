"""YAML of strangers is mappings, lists and texts, or refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid, TooLarge
from pratique.formats.yaml_tree import read_yaml


def read(text: str | bytes, parts: int = 1000):
    return read_yaml(text if isinstance(text, bytes) else text.encode(), "the file", 1000, parts)


def test_every_scalar_stays_the_text_that_stands_there():
    assert read("a: 1.10\nb: yes\n'c': [null, 2026-01-01]\nd: {}\n") == [
        {"a": "1.10", "b": "yes", "c": ["null", "2026-01-01"], "d": {}}
    ]


def test_several_documents_are_several_values():
    assert read("a: 1\n---\nb: 2\n") == [{"a": "1"}, {"b": "2"}]
    assert read("") == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &x [1]\nb: *x", "anchor or alias in line 1"),
        ("a: !!python/name:os.system x", "tag in line 1"),
        ("a: !x 1", "tag in line 1"),
        ("%YAML 1.2\n---\na: 1", "directive in line 1"),
        ("a: 1\n...\n%TAG !x! y\n---\nb: 1", "directive in line 3"),
        ("\ufeff%TAG !x! y\n---\nb: 1", "directive in line 1"),
        ("# x\r%TAG !x! y\r---\rb: 1", "directive in line 2"),
        ("# x\u2028%TAG !x! y\n---\nb: 1", "directive in line 2"),
        ("a: 1\na: 2", "says 'a' twice in line 2"),
        ("[1]: 2", "key that is no text in line 1"),
        ("[" * 99, "nested too deeply in line 1"),
        ("a: [", "no readable YAML"),
        ("a: \x1b[2J", "no readable YAML"),
        (b"\xff", "no UTF-8"),
    ],
)
def test_what_is_more_than_data_is_refused(text, why):
    with pytest.raises(Invalid, match=f"the file .*{why}") as refused:
        read(text)
    assert str(refused.value).isprintable()


def test_too_much_is_refused():
    with pytest.raises(TooLarge, match="has 1001 bytes"):
        read(" " * 1001)
    with pytest.raises(TooLarge, match="more than 9 values"):
        read("[" + "1," * 20 + "]", 9)


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#,?% \n\t"), max_size=40))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(Invalid, TooLarge):
        read(text)
