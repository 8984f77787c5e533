"""Read a JSON document as it streams in, taking some of its strings out before they need memory.

The reader knows just enough grammar to follow strings, nesting and keys; it copies everything else into a
bounded rest that a strict parser reads at the end, so what it overlooks there is still refused.
Source: RFC 8259.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson

from pratique.core.errors import Invalid, TooLarge

Path = tuple[str, ...]
"""Keys from the document's root to a value; only objects count, arrays add an empty key."""

MAX_DEPTH = 128
MAX_PIECES = 500_000
"""Brackets, commas, colons and strings: each costs a step, and a document made of nothing else is an attack."""
MAX_ESCAPES = 1_000_000
"""Each costs a step. Base64 needs none, though some writers escape its slashes; long readmes have thousands."""
_OUTSIDE = re.compile(rb'["{}\[\],:]')
_INSIDE = re.compile(rb'["\\\x00-\x1f]')
_SIMPLE_ESCAPES = {
    b'"': b'"',
    b"\\": b"\\",
    b"/": b"/",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
}
_HEX = re.compile(rb"[0-9A-Fa-f]{4}")
_NO_JSON = "the body is no JSON document"


class JsonStream:
    """Takes a document in pieces of any size; strings at chosen paths go to a function instead of memory.

    Args:
        is_taken: whether the string value at a path is taken out.
        taken: gets the path and the next bytes of such a string, unescaped; an empty piece ends it.
        max_rest: bytes of everything that is not taken out.
    """

    def __init__(self, is_taken: Callable[[Path], bool], taken: Callable[[Path, bytes], object], max_rest: int) -> None:
        self._is_taken, self._taken, self._max_rest = is_taken, taken, max_rest
        self._rest = bytearray()
        self._keys: list[str] = []
        self._objects: list[bool] = []
        self._expect_key = False
        self._string_start = -1
        self._path: Path | None = None
        self._escape = b""
        self._pieces = self._escapes = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            Invalid: this cannot become a JSON document.
            TooLarge: the rest is over its limit.
        """
        position = 0
        while position < len(chunk):
            position = self._inside(chunk, position) if self._string_start >= 0 else self._outside(chunk, position)

    def finish(self) -> Any:
        """The document, with an empty string in place of each that was taken out.

        Raises:
            Invalid: it ended early or is no JSON.
        """
        if self._objects or self._string_start >= 0:
            raise Invalid("the body ends in the middle of its JSON document; it was cut short")
        try:
            return orjson.loads(self._rest)
        except orjson.JSONDecodeError as error:
            raise Invalid(f"{_NO_JSON}: {error.msg}") from error

    def _keep(self, piece: bytes) -> None:
        if len(self._rest) + len(piece) > self._max_rest:
            raise TooLarge(f"the JSON document has more than {self._max_rest} bytes besides its attachment")
        self._rest += piece

    def _outside(self, chunk: bytes, position: int) -> int:
        match = _OUTSIDE.search(chunk, position)
        if match is None:
            self._keep(chunk[position:])
            return len(chunk)
        self._keep(chunk[position : match.end()])
        self._structure(match[0])
        return match.end()

    def _structure(self, character: bytes) -> None:
        self._pieces += 1
        if self._pieces > MAX_PIECES:
            raise TooLarge(f"the JSON document has more than {MAX_PIECES} brackets, commas and strings")
        if character == b'"':
            self._open_string()
        elif character in b"{[":
            self._open(is_object=character == b"{")
        elif character in b"}]":
            self._close(is_object=character == b"}")
        elif character == b",":
            self._expect_key = bool(self._objects) and self._objects[-1]
        else:
            self._expect_key = False

    def _open(self, *, is_object: bool) -> None:
        if len(self._objects) >= MAX_DEPTH:
            raise Invalid(f"the JSON document is nested deeper than {MAX_DEPTH} levels")
        self._objects.append(is_object)
        self._keys.append("")
        self._expect_key = is_object

    def _close(self, *, is_object: bool) -> None:
        if not self._objects or self._objects.pop() != is_object:
            raise Invalid(f"{_NO_JSON}: brackets do not match")
        self._keys.pop()
        self._expect_key = False

    def _open_string(self) -> None:
        self._string_start = len(self._rest)
        self._path = None
        if not self._expect_key and self._objects and self._is_taken(tuple(self._keys)):
            self._path = tuple(self._keys)

    def _inside(self, chunk: bytes, position: int) -> int:
        if self._escape:
            return self._continue_escape(chunk, position)
        match = _INSIDE.search(chunk, position)
        end = match.start() if match else len(chunk)
        self._string_piece(chunk[position:end])
        if match is None:
            return end
        if match[0] == b'"':
            self._close_string()
        elif match[0] == b"\\":
            self._escape = b"\\"
        else:
            raise Invalid(f"{_NO_JSON}: a string holds a control character")
        return match.end()

    def _continue_escape(self, chunk: bytes, position: int) -> int:
        wanted = 6 if (self._escape + chunk[position : position + 1])[1:2] == b"u" else 2
        piece = chunk[position : position + wanted - len(self._escape)]
        self._escape += piece
        if len(self._escape) == wanted:
            escape, self._escape = self._escape, b""
            self._escapes += 1
            if self._escapes > MAX_ESCAPES:
                raise TooLarge(f"the JSON document is written with more than {MAX_ESCAPES} escapes; base64 needs none")
            self._string_piece(escape if self._path is None else _unescaped(escape))
        return position + len(piece)

    def _string_piece(self, piece: bytes) -> None:
        if self._path is None:
            self._keep(piece)
        elif piece:
            self._taken(self._path, piece)

    def _close_string(self) -> None:
        start, self._string_start = self._string_start, -1
        if self._path is not None:
            self._taken(self._path, b"")
        elif self._expect_key:
            self._keys[-1] = _text(bytes(self._rest[start:]))
        self._path = None
        self._keep(b'"')


def read_bounded(body: bytes) -> Any:
    """A whole document, refused where it has more pieces, levels or escapes than any honest one.

    Raises:
        Invalid: it is no JSON, or nested too deeply.
        TooLarge: too many of the others.
    """
    stream = JsonStream(lambda _path: False, lambda _path, _piece: None, len(body))
    stream.feed(body)
    return stream.finish()


def _unescaped(escape: bytes) -> bytes:
    """The UTF-8 bytes of one escape; half of a surrogate pair stands for no character."""
    if escape[1:2] != b"u":
        try:
            return _SIMPLE_ESCAPES[escape[1:2]]
        except KeyError:
            raise Invalid(f"{_NO_JSON}: a string holds an unknown escape") from None
    if not _HEX.fullmatch(escape, 2) or 0xD800 <= int(escape[2:], 16) <= 0xDFFF:
        raise Invalid(f"{_NO_JSON}: a string holds a broken escape")
    return chr(int(escape[2:], 16)).encode()


def _text(raw: bytes) -> str:
    try:
        return str(orjson.loads(b'"' + raw + b'"'))
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{_NO_JSON}: {error.msg}") from error
