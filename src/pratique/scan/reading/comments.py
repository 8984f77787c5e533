"""Takes comments out of source text of any language; what stands in strings is none."""

from __future__ import annotations

import re

import msgspec

from pratique.formats.file_kind import FileKind

_ONE_LINE = r""" "[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'|`[^`\\]*+(?:\\.[^`\\]*+)*+` """.strip()
_MANY_LINES = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_BOUNDED = r"""'(?:[^'\\]|\\.){0,4000}+'|"(?:[^"\\]|\\.){0,4000}+" """.strip()


class _Grammar(msgspec.Struct, frozen=True):
    """How one family of languages writes comments.

    Attributes:
        code: matches from any place up to what begins like a comment, or to the end; never fails.
        opens: begins a comment of many lines; whatever else stands where `code` ends begins one of one line.
        closes: ends it.
    """

    code: re.Pattern[str]
    opens: str
    closes: str


def _grammar(code: str, opens: str, closes: str) -> _Grammar:
    return _Grammar(re.compile(f"(?:{code})*+", re.DOTALL), opens, closes)


_C_LIKE = _grammar(rf"""[^"'`/]++|{_ONE_LINE}|["'`]|/(?![/*])|(?<=[:\\])/(?!\*)""", "/*", "*/")
_RUST_LIKE = _grammar(rf'[^"/]++|{_MANY_LINES}|"|/(?![/*])', "/*", "*/")
_HASH_LIKE = _grammar(rf"""[^"'<\#]++|{_BOUNDED}|["']|<(?!\#)|(?<=[\w$&{{(])\#|\#(?=[!{{])""", "<#", "#>")
_GRAMMARS = {
    FileKind.JAVASCRIPT: _C_LIKE,
    FileKind.CSHARP: _C_LIKE,
    FileKind.JAVA: _C_LIKE,
    FileKind.RUST: _RUST_LIKE,
    FileKind.RUBY: _HASH_LIKE,
    FileKind.SHELL: _HASH_LIKE,
    FileKind.POWERSHELL: _HASH_LIKE,
    FileKind.PYTHON: _HASH_LIKE,
}
_BATCH = re.compile(r"^[ \t]{0,80}(?:rem\b|::)[^\n]*+", re.IGNORECASE | re.MULTILINE)


def without_comments(text: str, kind: FileKind) -> str:
    """The text with its comments blanked; lines keep their numbers. One that is never closed is none."""
    if kind is FileKind.BATCH:
        return _BATCH.sub("", text)
    grammar = _GRAMMARS.get(kind)
    return text if grammar is None else _blanked(text, grammar)


def _blanked(text: str, grammar: _Grammar) -> str:
    parts, at, end, closed = [], 0, len(text), True
    while at < end:
        stop = _end_of_code(grammar, text, at)
        parts.append(text[at:stop])
        at = stop
        if at < end and text.startswith(grammar.opens, at):
            close = text.find(grammar.closes, at + len(grammar.opens)) if closed else -1
            closed = close >= 0
            stop = close + len(grammar.closes) if closed else at + 1
            parts.append("\n" * text.count("\n", at, stop) if closed else text[at])
            at = stop
        elif at < end:
            line_end = text.find("\n", at)
            at = line_end if line_end >= 0 else end
    return "".join(parts)


def _end_of_code(grammar: _Grammar, text: str, at: int) -> int:
    found = grammar.code.match(text, at)
    assert found is not None
    return found.end()
