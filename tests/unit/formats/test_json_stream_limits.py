"""What costs a step each is bounded, or a small body would keep a processor for minutes."""

from __future__ import annotations

import pytest

from pratique.core.errors import TooLarge
from pratique.formats.json_stream import MAX_ESCAPES, MAX_PIECES, JsonStream


def test_a_document_of_nothing_but_brackets_is_refused() -> None:
    stream = JsonStream(lambda _path: False, lambda _path, _piece: None, 100 << 20)
    with pytest.raises(TooLarge, match="brackets"):
        stream.feed(b"[" + b"[]," * MAX_PIECES)


def test_a_text_of_nothing_but_escapes_is_refused() -> None:
    stream = JsonStream(lambda _path: False, lambda _path, _piece: None, 100 << 20)
    with pytest.raises(TooLarge, match="escapes"):
        stream.feed(b'{"readme": "' + b"\\n" * (MAX_ESCAPES + 1))


def test_an_attachment_of_nothing_but_escapes_is_refused() -> None:
    stream = JsonStream(lambda path: path == ("data",), lambda _path, _piece: None, 1 << 20)
    with pytest.raises(TooLarge, match="escapes"):
        stream.feed(b'{"data": "' + b"\\/" * (MAX_ESCAPES + 1))
