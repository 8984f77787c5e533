"""Marks find no less than the patterns they are made from."""

from __future__ import annotations

import pytest

from pratique.formats.file_kind import FileKind
from pratique.scan.reading import words
from pratique.scan.reading.commands import abilities_of
from pratique.scan.reading.comments import without_comments
from pratique.scan.reading.language import JAVASCRIPT
from pratique.scan.reading.lexical import put_together
from pratique.scan.reading.marks import COMMANDS, alternatives, groups_of, marks_of, without_looking_around
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


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("eval\u00a0(x)", "evaluates"),
        ("eval\u2003(x)", "evaluates"),
        ("x = \u4f60\u597d ^ \u952e[0]", "decodes"),
        ("ev\\u0061l(x)", "hiding"),
        ("this['ev\\x61l']", "hiding"),
    ],
    ids=["no-break space", "em space", "other letters", "escaped letter", "escaped letter in a text"],
)
def test_blanks_letters_and_escapes_that_an_interpreter_takes_do_not_hide_a_word(text, group):
    assert group in groups_of(text, FileKind.JAVASCRIPT)


def test_letters_that_python_takes_for_ascii_are_ascii():
    bold = "".join(chr(0x1D41A + ord(letter) - ord("a")) for letter in "exec")

    assert "runs" in groups_of(f"{bold}(x)", FileKind.PYTHON)
    assert "runs" in groups_of("x = \uff45\uff56\uff41\uff4c(x)", FileKind.PYTHON)


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_what_a_command_line_does_has_its_words_marked(name):
    for statement in HOOKS[name][0].splitlines():
        if any(abilities_of(statement)):
            assert COMMANDS in groups_of(statement, FileKind.JAVASCRIPT), statement
