"""Marks find no less than the patterns they are made from."""

from __future__ import annotations

import re

import pytest

from pratique.formats.file_kind import FileKind
from pratique.scan.reading import words
from pratique.scan.reading.comments import without_comments
from pratique.scan.reading.language import JAVASCRIPT
from pratique.scan.reading.lexical import put_together
from pratique.scan.reading.marks import alternatives, groups_of, marks_of, may_hold, without_looking_around
from tests.lookalikes.corpus import CORPUS
from tests.lookalikes.javascript import HOOKS


def test_alternatives_are_those_at_the_top_only():
    assert alternatives(r"a|(?:b|c)|[|]|\||d") == ["a", "(?:b|c)", "[|]", r"\|", "d"]


def test_assertions_about_what_stands_around_are_left_out():
    assert without_looking_around(r"(?<![.\w])eval(?=\s{0,3}\()x(?!(?:a|b))") == "evalx"
    assert without_looking_around(r"(?:a)(?i:b)\(?=") == r"(?:a)(?i:b)\(?="


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_every_pattern_that_matches_has_its_group_marked(name):
    text = put_together(without_comments(HOOKS[name][0], FileKind.JAVASCRIPT), FileKind.JAVASCRIPT)
    matching = {ability.value for pattern, ability in words.TABLE if pattern.search(text)}
    matching |= {field for field in JAVASCRIPT.__struct_fields__ if getattr(JAVASCRIPT, field).search(text)}

    assert matching <= groups_of(text, FileKind.JAVASCRIPT)


def test_words_of_the_whole_corpus_are_marked():
    for case in CORPUS:
        text = "\n".join(content.decode("latin-1") for content in case.files.values())
        matching = {ability.value for pattern, ability in words.TABLE if pattern.search(text)}

        assert matching <= groups_of(text, FileKind.CSHARP), case.id


def test_a_mark_stands_where_the_pattern_matches():
    text = "pad();\n" * 40 + "eval(x);"

    assert (text.index("eval"), "evaluates") in marks_of(text, FileKind.JAVASCRIPT)


def test_whether_a_pattern_may_match():
    pattern = (re.compile(r"(?<!a)bcd{2,3}"),)

    assert may_hold("abcdd", pattern)
    assert not may_hold("abce", pattern)
