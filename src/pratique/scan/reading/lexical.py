"""Brings source text of any language into a form in which words can be found: its strings put together.

Nothing is parsed: code that no parser takes is read as well as any other. Line numbers stay true, except below a
string that held line ends.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from pratique.formats.file_kind import FileKind

MAX_TEXT = 16 << 20
"""Characters of a file that are read closely."""

_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\u\{?([0-9a-fA-F]{4,6})\}?")
_JOINED = re.compile(
    r"""'[ \t\r\n]{0,40}(?:\+|\.\.|&(?!&))[ \t\r\n]{0,40}'|"[ \t\r\n]{0,40}(?:\+|\.\.|&(?!&))[ \t\r\n]{0,40}"|"""
    r"""'[ \t\r\n]{0,40}<<[ \t]{0,40}'"""
)
_MIXED = re.compile(r"""(['"])([^'"\\\n]{0,500})\1[ \t]{0,20}\+[ \t]{0,20}(['"])([^'"\\\n]{0,500})\3""")
_OTHER_QUOTES = re.compile(r"""'[ \t]{0,20}\+[ \t]{0,20}"|"[ \t]{0,20}\+[ \t]{0,20}'""")
_CODES = re.compile(
    r"(?:String\.fromCharCode|String\.fromCodePoint|Buffer\.from)\(\s{0,9}\[?\s{0,9}((?:0x[0-9a-fA-F]{1,4}|\d{1,6})(?:\s{0,9},\s{0,9}(?:0x[0-9a-fA-F]{1,4}|\d{1,6})){1,20000})\s{0,9}\]?\)"
)
_CHARS = re.compile(r"(?:\[char\]\s{0,3}\(?(?:0x[0-9a-fA-F]{1,4}|\d{1,5})\)?\s{0,3}\+?\s{0,3}){2,2000}", re.IGNORECASE)
_PACKED = re.compile(
    r"\[\s{0,9}((?:\d{1,3})(?:\s{0,9},\s{0,9}\d{1,3}){1,20000})\s{0,9}\]\s{0,9}\.pack\(?\s{0,3}['\"][CcU]\*"
)
_ARRAY_JOIN = re.compile(
    r"""\[((?:\s{0,40}(?:'[^'\\\n]{0,400}'|"[^"\\\n]{0,400}")\s{0,40},?){1,400})\]\s{0,9}\.(?:reverse\(\)\s{0,9}\.)?join\(?\s{0,3}(?:''|""|``)?\s{0,3}\)?"""
)
_REVERSED = re.compile(
    r"""(['"])([^'"\\\n]{2,4000})\1\.(?:split\(\s{0,3}(?:''|"")\s{0,3}\)\.reverse\(\)\.join\(\s{0,3}(?:''|"")\s{0,3}\)|reverse\b)"""
)
_BASE64 = re.compile(
    r"""(?:\batob\(|Base64\.(?:strict_|urlsafe_)?decode64\(?|Base64\.getDecoder\(\)\.decode\(|FromBase64String\(|Buffer\.from\(|STANDARD\.decode\()\s{0,9}(['"`])([A-Za-z0-9+/=_-]{4,400})\1(?:\s{0,9},\s{0,9}['"]base64['"])?\s{0,9}\)?(?:\.toString\((?:['"][\w-]{0,9}['"])?\))?"""
)
_UNPACKED = re.compile(r"""(['"])([A-Za-z0-9+/=]{4,400})\1\.unpack1?\(?\s{0,3}['"]m0?['"]\)?(?:\.first|\[0\])?""")
_HEX = re.compile(
    r"""Buffer\.from\(\s{0,9}(['"`])((?:[0-9a-fA-F]{2}){2,400})\1\s{0,9},\s{0,9}['"]hex['"]\s{0,9}\)(?:\.toString\((?:['"][\w-]{0,9}['"])?\))?"""
)
_PROPERTY = re.compile(r"""\[\s{0,9}(['"])([A-Za-z_$][\w$]{0,80})\1\s{0,9}\]""")
_LITERAL = re.compile(r"""'([^'\\\n]{0,400})'|"([^"\\\n]{0,400})\"""")
_ARRAY = re.compile(
    r"""=\s{0,9}\[((?:\s{0,9}(?:'(?:[^'\\\n]|\\.){0,2000}'|"(?:[^"\\\n]|\\.){0,2000}")\s{0,9},?){2,4000})\]"""
)
_NAME_BEFORE = re.compile(r"([A-Za-z_$][\w$]{0,60})\s{0,9}\Z")
_LONGEST_BEFORE = 70
"""Characters before a list's equals sign that may be its name."""

_SMALL = 200_000
"""Characters up to which elements of lists are looked up by decimal numbers too; mangled code uses others."""

_TICKS = re.compile(r"`(?=[a-zA-Z])")
_CARETS = re.compile(r"\^(?=[\w])")


_RAW = {
    FileKind.RUST: re.compile(r'\b[bc]?r"([^"]*+)"|\b[bc]?r\#"((?:[^"]|"(?!\#))*+)"\#'),
    FileKind.CSHARP: re.compile(r'@"((?:[^"]|"")*+)"'),
}


def with_plain_strings(text: str, kind: FileKind) -> str:
    """The text with strings in which a backslash is itself written as all others are."""
    pattern = _RAW.get(kind)
    return text if pattern is None else pattern.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    inside = next(one for one in found.groups() if one is not None) if found.lastindex else ""
    return '"' + inside.replace('""', '"').replace("\\", "\\\\").replace('"', '\\"') + '"'


def put_together(text: str, kind: FileKind) -> str:
    """The text with its strings as they will be at run time, as far as that stands there.

    Escapes, sums of strings, lists of character codes, joined and reversed texts, short encoded ones, `x["y"]` for
    `x.y`, and elements of lists of strings.
    """
    if "\\x" in text or "\\u" in text:
        text = _ESCAPE.sub(_unescaped, text)
    if kind is FileKind.POWERSHELL:
        text = _CHARS.sub(_of_chars, _TICKS.sub("", text))
    elif kind is FileKind.BATCH:
        text = _CARETS.sub("", text)
    elif kind in (FileKind.JAVASCRIPT, FileKind.JAVA, FileKind.CSHARP) and _has(text, "fromC", "Buffer.from("):
        text = _CODES.sub(_of_codes, text)
    elif kind is FileKind.RUBY:
        text = _PACKED.sub(_of_codes, text)
        text = _UNPACKED.sub(_of_base64, text)
    text = _decoded(_joined(text))
    if kind is FileKind.JAVASCRIPT:
        text = _PROPERTY.sub(r".\2", _elements(text) if len(text) < _SMALL or "[0x" in text else text)
    return text


def _joined(text: str) -> str:
    """The text with its sums of strings as one string each."""
    for _ in range(3):
        before = len(text)
        text = _JOINED.sub("", text)
        if _OTHER_QUOTES.search(text):
            text = _MIXED.sub(_both, text)
        if len(text) == before:
            break
    return text


def _decoded(text: str) -> str:
    """The text with its lists of strings, strings written backwards and short encoded ones as they read."""
    if "join" in text:
        text = _ARRAY_JOIN.sub(_of_list, text)
    if "reverse" in text:
        text = _REVERSED.sub(_backwards, text)
    if _has(text, "atob(", "ecode64", "Base64", "Buffer.from(", "STANDARD.decode("):
        text = _HEX.sub(_of_hex, _BASE64.sub(_of_base64, text))
    return text


def _has(text: str, *words: str) -> bool:
    return any(word in text for word in words)


DECODED = "__decoded__"
"""Stands before a text that was put together and is more than a name: what runs it, runs something hidden."""

_LONGEST_NAME = 60


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if 0x20 <= code < 0x7F and code not in (0x22, 0x27, 0x5C, 0x60) else found[0]


def _quoted(text: str, otherwise: str) -> str:
    """A text as a literal in one line; what it stood for if it is none that could be one."""
    if not text or not all(char.isprintable() or char in "\t\r\n" for char in text):
        return otherwise
    literal = "'" + text.replace("'", '"').replace("\n", " ").replace("\r", " ") + "'"
    return f"{DECODED}({literal})" if len(text) > _LONGEST_NAME else literal


def _of_codes(found: re.Match[str]) -> str:
    codes = [int(code, 0) if code.startswith("0x") else int(code) for code in re.split(r"\s*,\s*", found[1].strip())]
    return _quoted("".join(chr(code) for code in codes if code < 0x110000), found[0])


def _of_chars(found: re.Match[str]) -> str:
    codes = [int(code, 0) for code in re.findall(r"0x[0-9a-fA-F]+|\d+", found[0]) if not code.startswith("00")]
    return _quoted("".join(chr(code) for code in codes), found[0])


def _of_list(found: re.Match[str]) -> str:
    parts = [one or other for one, other in _LITERAL.findall(found[1])]
    if ".reverse" in found[0][-60:]:
        parts.reverse()
    return _quoted("".join(parts), found[0])


def _backwards(found: re.Match[str]) -> str:
    return _quoted(found[2][::-1], found[0])


def _both(found: re.Match[str]) -> str:
    return "'" + found[2] + found[4] + "'"


def _of_base64(found: re.Match[str]) -> str:
    if found[0].startswith("Buffer") and "base64" not in found[0]:
        return found[0]
    try:
        plain = base64.b64decode(
            found[2] + "=" * (-len(found[2]) % 4), altchars=b"-_" if "_" in found[2] or "-" in found[2] else None
        )
        return _quoted(plain.decode("ascii"), found[0])
    except (binascii.Error, ValueError):
        return found[0]


def _of_hex(found: re.Match[str]) -> str:
    try:
        return _quoted(bytes.fromhex(found[2]).decode("ascii"), found[0])
    except ValueError:
        return found[0]


def _elements(text: str) -> str:
    """The text with `list[3]` replaced by the third of the strings that the list is made of."""
    lists: dict[str, list[str]] = {}
    for found in _ARRAY.finditer(text):
        named = _NAME_BEFORE.search(text[max(found.start() - _LONGEST_BEFORE, 0) : found.start()])
        if named is not None:
            lists[named[1]] = [one or other for one, other in _LITERAL.findall(found[1])]
    lists = {name: parts for name, parts in list(lists.items())[:20] if len(parts) > 1}
    for name, parts in lists.items():
        use = re.compile(re.escape(name) + r"\[\s{0,3}(0x[0-9a-fA-F]{1,4}|\d{1,4})\s{0,3}\]")

        def element(found: re.Match[str], parts: list[str] = parts) -> str:
            place = int(found[1], 0) if found[1].startswith("0x") else int(found[1])
            return _quoted(parts[place], found[0]) if place < len(parts) else found[0]

        text = use.sub(element, text)
    return text


_STATEMENT_END = re.compile(
    r"""(?:[^;{}\n"'`]|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|`(?:[^`\\]|\\.)*+`?)*+(?:[;{}\n]|\Z)""", re.DOTALL
)
_OPEN_END = (",", "(", "=", "+", "&&", "||", "|", "\\", ".", "[", "?", ":", "=>")
_BEFORE_VALUE = ("=", "(", ",", ":", "[", "?", "&&", "||", "return", "...", "const", "let", "var", "import", "export")
MAX_STATEMENT = 20_000
MAX_VALUE = 3_000


def statements(text: str) -> Iterator[tuple[int, int, str]]:
    """The statements of a text with the line on which each begins, from 1, and its place.

    A statement ends with a semicolon, brace or line end outside of strings; a line that cannot be whole goes on in
    the next, and the braces of a value (`x = {`) are part of it until a function begins there.
    """
    begun, parts, length, depth, first = 1, [], 0, 0, 0
    line, place, end = 1, 0, len(text)
    while place < end:
        found = _STATEMENT_END.match(text, place)
        stop = found.end() if found is not None and found.end() > place else place + 1
        piece, last = text[place:stop], text[stop - 1]
        place = stop
        parts.append(piece)
        length += len(piece)
        line += piece.count("\n")
        if last == "{":
            depth = _depth_inside(piece, text, place, depth)
        elif last == "}":
            depth = max(depth - 1, 0)
        elif last == ";":
            depth = 0
        if length < (MAX_VALUE if depth else MAX_STATEMENT) and (
            depth or (last in "\n}" and _goes_on(piece, text, place))
        ):
            continue
        statement = parts[0] if len(parts) == 1 else "".join(parts)
        plain = statement.strip()
        if plain:
            lead = len(statement) - len(statement.lstrip())
            yield begun + statement.count("\n", 0, lead), first + lead, plain
        parts, length, begun, depth, first = [], 0, line, 0, place
    if parts and (statement := "".join(parts).strip()):
        yield begun, first, statement


_QUANTIFIER = re.compile(r"\{\d{1,4}(?:,\d{0,4})?\}")
"""Braces of a regular expression, which end no statement."""


def _depth_inside(piece: str, text: str, place: int, depth: int) -> int:
    """How many braces of a value are open behind one; none where a function's or a block's ends the statement."""
    if piece[:-1].rstrip().endswith(_BEFORE_VALUE) or _QUANTIFIER.match(text, place - 1):
        return depth + 1
    return 0


def _goes_on(piece: str, text: str, place: int) -> bool:
    head = text[place : place + 200].lstrip(" \t\r\n")
    return piece.rstrip().endswith(_OPEN_END) or head.startswith(
        (".", "?.", "=", "from", ")", "]", ",", "&&", "||", "|", "+")
    )
