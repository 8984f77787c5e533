"""Whether a slash in JavaScript divides or begins a regular expression, as far as what stands before it tells."""

from __future__ import annotations

import re

_LITERAL = re.compile(r"/(?![/*])(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*+\])++/")
_TELLING = re.compile(r"[\"'`]|//|/\*")
_BEGINS = frozenset("=([{,;:!&|?%~^>*")
_WORDS = frozenset(("return", "typeof", "case", "in", "delete", "void", "throw", "new", "else", "do", "instanceof"))
_EITHER = frozenset(("of", "yield", "await", "let", "static", "async", "get", "set"))
_HEADS = re.compile(r"(?:^|[^\w$.])(if|while|for|with)[ \t]{0,9}\Z")
_NAME = re.compile(r"(\.[ \t]{0,9})?([\w$]+)\Z")
_MOST_BEFORE = 400
"""Characters before a slash that are looked at."""

_UNSURE = -1


def end_of_slash(text: str, at: int) -> int:
    """Where code goes on behind a slash that begins no comment; -1 if it can be taken in two ways.

    Args:
        text: JavaScript.
        at: the place of the slash.
    """
    literal = _LITERAL.match(text, at)
    begins = _begins_literal(text[max(at - _MOST_BEFORE, 0) : at].rstrip(), whole=at <= _MOST_BEFORE)
    if begins is False or (literal is None and begins is None):
        return at + 1
    if literal is None:
        return _UNSURE
    if begins or not (_TELLING.search(literal[0]) or text[literal.end() : literal.end() + 1] in ("/", "*")):
        return literal.end()
    return _UNSURE


def _begins_literal(before: str, *, whole: bool) -> bool | None:
    """Whether a slash behind this begins a regular expression; None if nothing tells."""
    if not before:
        return True if whole else None
    last = before[-1]
    if last in _BEGINS:
        return None if before.endswith("*/") else True
    if last in "+-":
        return None if before[-2:] in ("++", "--") else True
    if last in "]\"'`":
        return False
    if last == ")":
        return _behind_bracket(before)
    name = _NAME.search(before)
    if name is None or name[2] in _EITHER:
        return None
    return name[2] in _WORDS and not name[1]


def _behind_bracket(before: str) -> bool | None:
    """The same behind `)`: only the head of a statement has an expression behind it."""
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        char = before[place]
        if char in "\"'`/":
            return None
        depth += (char == ")") - (char == "(")
        if depth == 0:
            head = before[:place]
            return None if len(head) < 8 and len(before) >= _MOST_BEFORE - 8 else _HEADS.search(head) is not None
    return None
