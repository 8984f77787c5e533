"""Comments are blanked, and nothing else is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.formats.file_kind import FileKind
from pratique.scan.reading.comments import without_comments

TOKENS = {
    FileKind.JAVASCRIPT: re.compile(
        r'"(?:[^"\\\n]|\\.)*+"|\'(?:[^\'\\\n]|\\.)*+\'|`(?:[^`\\]|\\.)*+`|(?P<comment>(?<![:\\])//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)',
        re.DOTALL,
    ),
    FileKind.RUST: re.compile(r'"(?:[^"\\]|\\.)*+"|(?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)', re.DOTALL),
    FileKind.RUBY: re.compile(
        r'"(?:[^"\\]|\\.){0,4000}+"|\'(?:[^\'\\]|\\.){0,4000}+\'|'
        r"(?P<comment><\#(?:[^#]|\#(?!>))*+\#>|(?<![\w$&{(])\#(?![!{])[^\n]*+)",
        re.DOTALL,
    ),
}
"""What a language is made of, one token after the other: slow, and plain to see."""


def token_by_token(text: str, kind: FileKind) -> str:
    return TOKENS[kind].sub(lambda one: "\n" * one[0].count("\n") if one["comment"] else one[0], text)


@pytest.mark.parametrize(
    ("kind", "text", "plain"),
    [
        (FileKind.JAVASCRIPT, "a; // b\nc", "a; \nc"),
        (FileKind.JAVASCRIPT, "a /* b\n * c */ d", "a \n d"),
        (FileKind.JAVASCRIPT, "'//' + \"/*\" + `//\n` // x", "'//' + \"/*\" + `//\n` "),
        (FileKind.JAVASCRIPT, "see https://example.test // x", "see https://example.test "),
        (FileKind.JAVASCRIPT, "a /* never closed // b\nc /* d", "a /* never closed \nc /* d"),
        (FileKind.RUST, 'let a = "//\n"; // b', 'let a = "//\n"; '),
        (FileKind.POWERSHELL, "a <# b\n #> c # d\n$x#e", "a \n c \n$x#e"),
        (FileKind.PYTHON, "a = '#' # b", "a = '#' "),
        (FileKind.SHELL, "#!/bin/sh\necho ${#x} # y", "#!/bin/sh\necho ${#x} "),
        (FileKind.BATCH, "rem a\n:: b\ncall c", "\n\ncall c"),
        (FileKind.JSON, "// a", "// a"),
    ],
)
def test_comments_are_blanked_and_lines_keep_their_numbers(kind, text, plain):
    assert without_comments(text, kind) == plain


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(TOKENS)), st.text("/*\\'\"`:#<>{(! \nax", max_size=40))
def test_it_is_the_same_as_token_by_token(kind, text):
    assert without_comments(text, kind) == token_by_token(text, kind)


def test_comments_that_are_never_closed_are_looked_for_once():
    many = "/* " * 100_000

    assert without_comments(many, FileKind.JAVASCRIPT) == many
