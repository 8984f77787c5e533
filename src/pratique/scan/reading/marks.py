"""Finds in one pass where a text may hold any of the words: YARA-X rules made from the same tables that read closely.

A rule is the pattern without what looks around it, which YARA-X does not know: it marks no less than the pattern
finds. So most files need no closer look, and long ones only around their marks (speed: docs/adr/0026).
"""

from __future__ import annotations

import codecs
import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from pratique.formats.file_kind import CODE, NATIVE, FileKind
from pratique.scan.reading import commands, javascript_forms, python_worth, unreadable, words
from pratique.scan.reading.javascript import RENAMES
from pratique.scan.reading.languages import LANGUAGES
from pratique.scan.reading.lexical import MAX_TEXT
from pratique.scan.reading.python_worth import COMMANDS as COMMANDS
from pratique.scan.seen import SeenFile

_READ_BY_AGENTS = frozenset(
    (FileKind.PYTHON, FileKind.JAVASCRIPT, FileKind.MARKUP, FileKind.TEXT, FileKind.JSON, FileKind.YAML)
)
"""Kinds of files that AI agents are given to read."""

MOST = 400
"""Marks of one pattern that are taken note of."""

RENAMING = "renaming"
"""The name of marks that values which matter may be called by other names."""

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
_ESCAPED_LETTER = r"\\(x|u00|u\{0{0,4})(4[1-9a-fA-F]|5[0-9aA]|6[1-9a-fA-F]|7[0-9aA])"
_HIDES = (
    _ESCAPED_LETTER,
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
)


ORDERS = "orders"
"""The name of marks that a text gives orders to AI agents."""

NOT_DEEDS = frozenset((COMMANDS, HIDING, MANGLED, RENAMING, ORDERS, *unreadable.TABLE, *javascript_forms.MARKS))
"""Marks that say nothing of what code does where they stand."""


def marks_of(text: str | bytes, kind: FileKind) -> list[tuple[int, str]]:
    """Where a text may hold words of its language, in order: place and group.

    Groups are the fields of `language.Language`, the abilities of `words.TABLE`, `HIDING`, `MANGLED` and `ORDERS`, and
    the names in `unreadable.TABLE`; of Python also those of `python_worth.KINDS_OF_CALLS`.
    """
    places, _, names = _scanners(kind)
    found: list[tuple[int, str]] = []
    for rule in places.scan(_in_ascii(text)).matching_rules:
        name = names[rule.identifier]
        for pattern in rule.patterns:
            found.extend((match.offset, name) for match in pattern.matches)
    found.sort()
    return found


def groups_of(text: str | bytes, kind: FileKind) -> frozenset[str]:
    """Which groups a text has marks of."""
    _, once, names = _scanners(kind)
    return frozenset(names[rule.identifier] for rule in once.scan(_in_ascii(text)).matching_rules)


def groups_in(file: SeenFile) -> frozenset[str]:
    """Which groups a file has marks of; looked for once, however many ask."""
    if _KEPT not in file.kept:
        file.kept[_KEPT] = groups_of(file.text[:MAX_TEXT], FileKind.PYTHON if file.kind is FileKind.PTH else file.kind)
    found: frozenset[str] = file.kept[_KEPT]
    return found


_KEPT = "reading.marks"
_AS_PLAIN = "pratique-as-plain"


def _in_ascii(text: str | bytes) -> bytes:
    """Bytes as they are; a text for scanners that know ASCII only, of the same length.

    Blanks of any script become spaces, letters that Python takes for those of ASCII become these, other letters some
    letter: what stands between words is no letter, and the other way round, just as patterns see it.
    """
    return text if isinstance(text, bytes) else text.encode("ascii", _AS_PLAIN)


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_plain_character, error.object[error.start : error.end])), error.end


@functools.lru_cache(8192)
def _plain_character(char: str) -> str:
    known = unicodedata.normalize("NFKC", char)
    if len(known) == 1 and known.isascii():
        return known
    return " " if char.isspace() else "a" if char.isalnum() else "?"


codecs.register_error(_AS_PLAIN, _plain)


@functools.cache
def _scanners(kind: FileKind) -> tuple[Any, Any, dict[str, str]]:
    """A scanner for places, one that ends at the first mark of each pattern, and the names of their rules' groups."""
    import yara_x

    compiler = yara_x.Compiler(relaxed_re_syntax=True)
    names: dict[str, str] = {}
    for number, (name, patterns) in enumerate(_groups(kind).items()):
        identifier = f"g{number}"
        names[identifier] = name
        compiler.add_source(_rule(identifier, patterns))
    rules = compiler.build()
    places, once = yara_x.Scanner(rules), yara_x.Scanner(rules)
    places.max_matches_per_pattern(MOST)
    once.max_matches_per_pattern(1)
    return places, once, names


def _groups(kind: FileKind) -> dict[str, list[tuple[str, bool]]]:
    """The patterns of each group, in YARA-X's words, and whether capitals make no difference."""
    groups: dict[str, list[tuple[str, bool]]] = {ORDERS: list(_weaker(words.ORDERS)) if kind in _READ_BY_AGENTS else []}
    if kind in CODE:
        groups |= {HIDING: [(one, False) for one in _HIDES], MANGLED: [(one, False) for one in _MANGLES]}
        groups |= {name: list(_weaker(pattern)) for name, pattern in unreadable.TABLE.items()}
        groups |= {COMMANDS: list(_weaker(commands.WORDS)), RENAMING: list(_weaker(RENAMES))}
    for pattern, ability in words.TABLE if kind in CODE | NATIVE else ():
        groups.setdefault(ability.value, []).extend(_weaker(pattern))
    language = LANGUAGES.get(FileKind.CSHARP if kind is FileKind.PE else kind)
    for field in language.__struct_fields__ if language is not None else ():
        groups.setdefault(field, []).extend(_weaker(getattr(language, field)))
    if kind is FileKind.JAVASCRIPT:
        groups |= {name: list(_weaker(pattern)) for name, pattern in javascript_forms.MARKS.items()}
    if kind is FileKind.PYTHON:
        for name, pattern in python_worth.KINDS_OF_CALLS.items():
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
