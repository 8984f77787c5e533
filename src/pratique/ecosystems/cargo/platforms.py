"""Platforms that a dependency is for: the name of one, or `cfg(...)`.

Source: The Cargo Book, "Platform specific dependencies"; The Rust Reference, "Conditional compilation".
"""

from __future__ import annotations

import re

MAX_DEPTH = 50
"""`not(any(...))` within each other; people write three."""

_NAME = re.compile(r"[\w.-]{1,200}\Z")
_TOKEN = re.compile(r' *(?:(?P<sign>[(),=])|(?P<string>"[^"]*")|(?P<word>(?:r#)?[A-Za-z_][A-Za-z0-9_]*))')
_LISTS = ("all", "any")


class _Unreadable(Exception):
    """It is no expression."""


def is_platform(text: str) -> bool:
    """Whether cargo reads it as the name of a platform or as a condition."""
    if not (text.startswith("cfg(") and text.endswith(")")):
        return _NAME.match(text) is not None
    try:
        tokens = _tokens(text[4:-1])
        return _condition(tokens, 0, 0) == len(tokens)
    except _Unreadable:
        return False


def _tokens(text: str) -> list[str]:
    found, at, end = [], 0, len(text.rstrip(" "))
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None:
            raise _Unreadable
        found.append(token[0].lstrip(" "))
        at = token.end()
    return found


def _condition(tokens: list[str], at: int, depth: int) -> int:
    """Where the condition that begins at a place has ended. Raises _Unreadable."""
    if depth > MAX_DEPTH:
        raise _Unreadable
    word = _take(tokens, at)
    if word in _LISTS:
        return _list(tokens, at + 1, depth)
    if word == "not":
        return _expect(tokens, _condition(tokens, _expect(tokens, at + 1, "("), depth + 1), ")")
    if word[0] in '(),="':
        raise _Unreadable
    if tokens[at + 1 : at + 2] != ["="]:
        return at + 1
    if not _take(tokens, at + 2).startswith('"'):
        raise _Unreadable
    return at + 3


def _list(tokens: list[str], at: int, depth: int) -> int:
    """Conditions with commas between them, and one behind the last where people like it."""
    at = _expect(tokens, at, "(")
    while _take(tokens, at) != ")":
        at = _condition(tokens, at, depth + 1)
        if _take(tokens, at) != ")":
            at = _expect(tokens, at, ",")
    return at + 1


def _take(tokens: list[str], at: int) -> str:
    if at >= len(tokens):
        raise _Unreadable
    return tokens[at]


def _expect(tokens: list[str], at: int, sign: str) -> int:
    if _take(tokens, at) != sign:
        raise _Unreadable
    return at + 1
