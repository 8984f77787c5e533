"""Takes comments out of source text of any language; what stands in strings is none.

Reading a comment costs a moment, missing code costs everything: from where a text can be taken in two ways
(`regular_literals`), it is kept as it is.
"""

from __future__ import annotations

import re

import msgspec

from pratique.formats.file_kind import FileKind
from pratique.scan.reading.regular_literals import end_of_slash

UNSURE = -1
"""Where a text can be taken in two ways."""

_DOUBLE = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
_SINGLE = r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"


class _Grammar(msgspec.Struct, frozen=True):
    """How one family of languages writes comments.

    Attributes:
        code: matches from any place up to what may begin a comment, or to what can be taken in two ways; never fails.
        block: begins and ends a comment of many lines.
        line: begins a comment of one line.
        nests: comments of many lines stand in one another.
        slashes: a slash may begin a regular expression.
        keeps: a text that holds this is kept whole.
    """

    code: re.Pattern[str]
    block: tuple[str, str]
    line: str
    nests: bool = False
    slashes: bool = False
    keeps: re.Pattern[str] = re.compile(r"(?!)")


def _code(*parts: str) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(parts)})*+", re.DOTALL)


_TEMPLATE = r"`(?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^`{}\"'/\\]|\"[^\"\\\n]*+\"|'[^'\\\n]*+'|\{[^`{}\"'/\\]*+\})*+\})*+`"
_PLAIN_SLASH = r"/(?![/*])|(?<=[:\\])/(?!\*)"
_JAVASCRIPT = _Grammar(_code(r"[^\"'`/]++", _DOUBLE, _SINGLE, _TEMPLATE), ("/*", "*/"), "//", slashes=True)
_JAVA = _Grammar(
    _code(r"[^\"'/]++", r'"""(?:[^"\\]|\\.|"(?!""))*+"""', rf'(?!"""){_DOUBLE}', _SINGLE, _PLAIN_SLASH),
    ("/*", "*/"),
    "//",
    keeps=re.compile(r"\\u+00(?:0[aAdD]|2[27aAfF]|5[cC])"),
)
_CSHARP = _Grammar(
    _code(
        r"[^\"'/@$]++",
        r'@"(?:[^"]|"")*+"',
        r'\$"(?!"")(?:[^"\\\n{]|\\.|\{\{|\{[^{}"\'\n]*+\})*+"',
        r"[@$](?![@$]*\")",
        rf'(?!"""){_DOUBLE}',
        _SINGLE,
        _PLAIN_SLASH,
    ),
    ("/*", "*/"),
    "//",
)
_RUST = _Grammar(
    _code(
        r"[^\"'/r]++",
        r'r"[^"]*+"|r\#"(?:[^"]|"(?!\#))*+"\#|r\#\#"(?:[^"]|"(?!\#\#))*+"\#\#',
        r'r(?!\#*")',
        r'"[^"\\]*+(?:\\.[^"\\]*+)*+"',
        r"'(?:[^'\\\n]|\\[^\n]{1,10}?)'",
        r"'(?=\w)",
        r"/(?![/*])",
    ),
    ("/*", "*/"),
    "//",
    nests=True,
)
_POWERSHELL = _Grammar(
    _code(
        r"[^\"'<\#`@]++",
        r"@'[ \t]*\r?\n(?:(?!\n'@).)*+\n'@",
        r'@"[ \t]*\r?\n(?:(?!\n"@|\$\().)*+\n"@',
        r"@(?!['\"][ \t]*\r?\n)",
        r"'(?:[^']|'')*+'",
        r'"(?:[^"`$]|`.|""|\$(?!\())*+"',
        r"`.",
        r"<(?!\#)",
        r"(?<=[\w$&{(])\#",
    ),
    ("<#", "#>"),
    "#",
    keeps=re.compile("[\u2018-\u201e]"),
)
_PYTHON = _Grammar(
    _code(
        r"[^\"'\#fFtT]++",
        r'(?<!\w)[fFtT][rR]?"(?!"")(?:[^"\\\n{]|\\.|\{\{|\{[^{}"\n\#]*+\})*+"',
        r"(?<!\w)[fFtT][rR]?'(?!'')(?:[^'\\\n{]|\\.|\{\{|\{[^{}'\n\#]*+\})*+'",
        r"[fFtT](?![rR]?['\"])|(?<=\w)[fFtT]",
        r'"""(?:[^"\\]|\\.|"(?!""))*+"""',
        r"'''(?:[^'\\]|\\.|'(?!''))*+'''",
        rf'(?!"""){_DOUBLE}',
        rf"(?!'''){_SINGLE}",
    ),
    ("\0#", "#\0"),
    "#",
)
_GRAMMARS = {
    FileKind.JAVASCRIPT: _JAVASCRIPT,
    FileKind.CSHARP: _CSHARP,
    FileKind.JAVA: _JAVA,
    FileKind.RUST: _RUST,
    FileKind.POWERSHELL: _POWERSHELL,
    FileKind.PYTHON: _PYTHON,
}
_PLAIN = r"[\w \t.,()=\[\]:@|&+*!<>-]{0,200}[ \t]"
_BY_LINE = {
    FileKind.BATCH: re.compile(r"^[ \t]{0,80}(?:rem\b|::)[^\n]*+", re.IGNORECASE | re.MULTILINE),
    FileKind.RUBY: re.compile(rf"^((?:{_PLAIN})?)\#(?![!{{])(?:(?!\#\{{)[^\n])*+$", re.MULTILINE),
    FileKind.SHELL: re.compile(rf"^((?:{_PLAIN})?)\#(?!!)(?:(?!\$\(|`)[^\n])*+$", re.MULTILINE),
}
"""Comments that are told by their line alone: in these languages too much can be a string to follow them all."""


def without_comments(text: str, kind: FileKind) -> str:
    """The text with its comments blanked; lines keep their numbers. One that is never closed is none."""
    by_line, grammar = _BY_LINE.get(kind), _GRAMMARS.get(kind)
    if by_line is not None:
        return by_line.sub(r"\1" if by_line.groups else "", text)
    return text if grammar is None or grammar.keeps.search(text) else _blanked(text, grammar)


def _blanked(text: str, grammar: _Grammar) -> str:
    parts, at, end = [], 0, len(text)
    while at < end:
        stop = _end_of_code(grammar, text, at)
        parts.append(text[at:stop])
        at = stop
        if at >= end:
            break
        close = _end_of_comment(grammar, text, at)
        if close == UNSURE:
            parts.append(text[at:])
            break
        parts.append("\n" * text.count("\n", at, close))
        at = close
    return "".join(parts)


def _end_of_code(grammar: _Grammar, text: str, at: int) -> int:
    """Where code ends that begins at a place: at a comment, or at what can be taken in two ways."""
    while True:
        found = grammar.code.match(text, at)
        assert found is not None
        stop = found.end()
        if not grammar.slashes or text[stop : stop + 1] != "/" or text.startswith(("//", "/*"), stop):
            return stop
        at = end_of_slash(text, stop)
        if at == UNSURE:
            return stop


def _end_of_comment(grammar: _Grammar, text: str, at: int) -> int:
    """Where a comment ends; `UNSURE` where none begins, or where it is never closed."""
    opens, closes = grammar.block
    if text.startswith(opens, at):
        return _end_of_nested(text, at, opens, closes) if grammar.nests else _after(text, closes, at + len(opens))
    if text.startswith(grammar.line, at):
        line_end = text.find("\n", at)
        return line_end if line_end >= 0 else len(text)
    return UNSURE


def _after(text: str, word: str, at: int) -> int:
    found = text.find(word, at)
    return found + len(word) if found >= 0 else UNSURE


def _end_of_nested(text: str, at: int, opens: str, closes: str) -> int:
    depth = 0
    for found in re.compile(f"{re.escape(opens)}|{re.escape(closes)}").finditer(text, at):
        depth += 1 if found[0] == opens else -1
        if depth == 0:
            return found.end()
    return UNSURE
