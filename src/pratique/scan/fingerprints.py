"""What stays of code when it is renamed, reformatted and given other texts: one hash of its shape."""

from __future__ import annotations

import hashlib
import keyword
import re

from pratique.scan.reading.comments import without_comments
from pratique.scan.reading.lexical import MAX_TEXT
from pratique.scan.seen import SeenFile

SMALLEST = 40
"""Tokens below which shapes are shared by chance: an empty `__init__`, a bare setup."""

_TOKEN = re.compile(
    r'"(?:[^"\\\n]|\\.)*+"|\'(?:[^\'\\\n]|\\.)*+\'|`(?:[^`\\]|\\.)*+`|[A-Za-z_$][\w$]*|\d[\w.]*|[^\s\w]'
)
_WORDS = frozenset(keyword.kwlist) | frozenset(
    (
        "function",
        "const",
        "let",
        "var",
        "return",
        "require",
        "new",
        "module",
        "exports",
        "process",
        "this",
        "typeof",
        "export",
        "end",
        "do",
        "begin",
        "rescue",
        "fn",
        "use",
        "mut",
        "pub",
        "unwrap",
        "param",
        "eval",
        "exec",
        "open",
        "system",
        "fetch",
    )
)
"""Names that are kept: they say what code does, not what somebody called it."""


def fingerprint(file: SeenFile) -> str:
    """The hash of a file's shape, hexadecimal; empty for what is too small to have one.

    Names become `n` by the order of their first use, texts `s`, numbers `0`; comments and layout do not count.
    """
    text = without_comments(file.text[:MAX_TEXT], file.kind)
    names: dict[str, str] = {}
    parts: list[str] = []
    for found in _TOKEN.finditer(text):
        token = found[0]
        first = token[0]
        if first in "\"'`":
            parts.append("s")
        elif first.isdigit():
            parts.append("0")
        elif first.isalpha() or first in "_$":
            parts.append(token if token in _WORDS else names.setdefault(token, f"n{len(names)}"))
        else:
            parts.append(token)
    if len(parts) < SMALLEST:
        return ""
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()
