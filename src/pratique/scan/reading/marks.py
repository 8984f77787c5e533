"""Finds in one pass where a text may hold any of the words: YARA-X rules made from the same tables that read closely.

A rule is the pattern without what looks around it, which YARA-X does not know: it marks no less than the pattern
finds. So most files need no closer look, and long ones only around their marks. Measured: 35 MB/s of JavaScript,
against 0.3 MB/s for holding every pattern against every statement.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from pratique.formats.file_kind import FileKind
from pratique.scan.reading import python_words, words
from pratique.scan.reading.languages import LANGUAGES

MOST = 400
"""Marks of one pattern that are taken note of."""

HIDING = "hiding"
"""The name of marks that texts have to be put together first."""

MANGLED = "mangled"
"""The name of marks that somebody took pains to hide what a text says."""

_MANGLES = (
    r"(\\x[0-9a-fA-F]{2}){3}",
    r"(\\u\{?00[0-9a-fA-F]{2}\}?){3}",
    r"\b_0x[0-9a-f]{2,8}",
    r"\['constructor'\]|\[\"constructor\"\]",
)
_HIDES = (
    r"'[ \t]{0,9}\+[ \t]{0,9}['\"]",
    r"\"[ \t]{0,9}\+[ \t]{0,9}['\"]",
    r"from(CharCode|CodePoint)\(",
    r"\[[cC][hH][aA][rR]\]",
    r"\.pack\b",
    r"\.unpack1?\b",
    r"\][ \t]{0,4}\.(reverse\(\)\.)?join\b",
    r"\b(atob\(|[dD]ecode64|FromBase64String|b64decode)",
    r"['\"](base64|hex)['\"]",
    r"['\"]\.(split|reverse)\b",
    r"\[['\"][A-Za-z]{3,30}['\"]\]",
    r"[A-Za-z]`[A-Za-z]",
    r"[a-z]\^[a-z]",
    r"\bpromisify\(",
    r"['\"](node:)?(child_process|https?|http2|dns|vm|net|tls|dgram|module)(\/promises)?['\"]",
    r"=[ \t]{0,4}(eval|Function|atob|require)[ \t]{0,4}[;,\n]",
)


def marks_of(text: str, kind: FileKind) -> list[tuple[int, str]]:
    """Where a text may hold words of its language, in order: place and group.

    Groups are the fields of `language.Language`, the abilities of `words.TABLE`, `HIDING` and `MANGLED`.
    """
    scanner, names = _scanner(kind)
    found: list[tuple[int, str]] = []
    for rule in scanner.scan(text.encode("latin-1", "replace")).matching_rules:
        name = names[rule.identifier]
        for pattern in rule.patterns:
            found.extend((match.offset, name) for match in pattern.matches)
    found.sort()
    return found


def groups_of(text: str, kind: FileKind) -> set[str]:
    """Which groups a text has marks of."""
    scanner, names = _scanner(kind)
    return {names[rule.identifier] for rule in scanner.scan(text.encode("latin-1", "replace")).matching_rules}


def may_hold(text: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    """Whether any of the patterns may match somewhere in a text; False is certain."""
    return bool(_scanner_of(patterns).scan(text.encode("latin-1", "replace")).matching_rules)


@functools.cache
def _scanner_of(patterns: tuple[re.Pattern[str], ...]) -> Any:
    import yara_x

    compiler = yara_x.Compiler(relaxed_re_syntax=True)
    compiler.add_source(_rule("wanted", [weaker for pattern in patterns for weaker in _weaker(pattern)]))
    scanner = yara_x.Scanner(compiler.build())
    scanner.max_matches_per_pattern(1)
    return scanner


@functools.cache
def _scanner(kind: FileKind) -> tuple[Any, dict[str, str]]:
    import yara_x

    compiler = yara_x.Compiler(relaxed_re_syntax=True)
    names: dict[str, str] = {}
    for number, (name, patterns) in enumerate(_groups(kind).items()):
        identifier = f"g{number}"
        names[identifier] = name
        compiler.add_source(_rule(identifier, patterns))
    scanner = yara_x.Scanner(compiler.build())
    scanner.max_matches_per_pattern(MOST)
    return scanner, names


def _groups(kind: FileKind) -> dict[str, list[tuple[str, bool]]]:
    """The patterns of each group, in YARA-X's words, and whether capitals make no difference."""
    groups: dict[str, list[tuple[str, bool]]] = {
        HIDING: [(pattern, False) for pattern in _HIDES],
        MANGLED: [(pattern, False) for pattern in _MANGLES],
    }
    for pattern, ability in words.TABLE:
        groups.setdefault(ability.value, []).extend(_weaker(pattern))
    language = LANGUAGES.get(kind)
    for field in language.__struct_fields__ if language is not None else ():
        groups.setdefault(field, []).extend(_weaker(getattr(language, field)))
    if kind is FileKind.PYTHON:
        groups["calls"] = list(_weaker(python_words.WORTH_READING))
        for name, pattern in python_words.KINDS_OF_CALLS.items():
            groups[name] = list(_weaker(pattern))
    return {name: patterns for name, patterns in groups.items() if patterns}


def _rule(identifier: str, patterns: list[tuple[str, bool]]) -> str:
    strings = "\n".join(
        f"$p{number} = /{pattern}/{'i' if folds else ''}".replace("\t", "\\t")
        for number, (pattern, folds) in enumerate(patterns)
    )
    return f"rule {identifier} {{ strings:\n{strings}\ncondition: any of them }}"


def _weaker(pattern: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    for alternative in alternatives(pattern.pattern):
        plain = without_looking_around(alternative)
        if plain:
            escaped = _SLASH.sub(lambda found: found[0] if found[0] != "/" else "\\/", plain)
            yield escaped.replace("400}?[", "400}["), bool(pattern.flags & re.IGNORECASE)


_SLASH = re.compile(r"\\.|/", re.DOTALL)


def alternatives(pattern: str) -> list[str]:
    """A regular expression's alternatives at its top."""
    found, current, depth = [], "", 0
    for piece in _pieces(pattern):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and depth == 0:
            found.append(current)
            current = ""
        else:
            current += piece
    return [*found, current]


def without_looking_around(pattern: str) -> str:
    """A regular expression without its assertions about what stands before or behind."""
    kept, depth, skipping = "", 0, -1
    pieces = _pieces(pattern)
    for place, piece in enumerate(pieces):
        if piece == "(":
            depth += 1
            ahead = "".join(pieces[place + 1 : place + 4])
            if skipping < 0 and ahead.startswith(("?=", "?!", "?<=", "?<!")):
                skipping = depth
        if skipping < 0:
            kept += piece
        if piece == ")":
            if depth == skipping:
                skipping = -1
            depth -= 1
    return kept


def _pieces(pattern: str) -> list[str]:
    """A pattern in pieces: escapes and classes whole, all else by character."""
    return re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL)
