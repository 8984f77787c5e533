"""Unpack compressed streams piece by piece, as far as they can be: what is wrong with them is noted, not raised."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator
from typing import Any

from pratique.core.ports import ReadAt
from pratique.formats.archive_rules import WINDOW
from pratique.formats.oddities import Oddity, OddityKind

MAX_DICTIONARY = 48 << 20
"""Bytes that an xz stream may have its unpacker hold; `xz -9` takes 65 MiB, which no package that was met does."""

GZIP, BZIP2, XZ, TAR, ZIP = "gzip", "bzip2", "xz", "tar", "zip"
UNKNOWN = "unknown"
"""A compressed form that nobody here reads."""

_MAGIC = (
    (b"\x1f\x8b", GZIP),
    (b"BZh", BZIP2),
    (b"\xfd7zXZ\0", XZ),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x28\xb5\x2f\xfd", UNKNOWN),
    (b"7z\xbc\xaf\x27\x1c", UNKNOWN),
    (b"Rar!\x1a\x07", UNKNOWN),
)
HEAD = 512
"""Bytes at a file's beginning that show its form."""


class _Stream:
    """What unpacks one stream, in the same words for each form."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    @property
    def eof(self) -> bool:
        return bool(self._stream.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._stream.unused_data)

    @property
    def hungry(self) -> bool:
        return bool(self._stream.needs_input)

    def more(self, packed: bytes) -> bytes:
        return bytes(self._stream.decompress(packed, WINDOW))


class _Gzip(_Stream):
    def __init__(self) -> None:
        super().__init__(zlib.decompressobj(wbits=31))

    @property
    def hungry(self) -> bool:
        return not self._stream.unconsumed_tail

    def more(self, packed: bytes) -> bytes:
        return bytes(self._stream.decompress(self._stream.unconsumed_tail + packed, WINDOW))


def form_of(head: bytes) -> str | None:
    """The archive or compressed form that a file begins as; None for any other file."""
    for magic, form in _MAGIC:
        if head.startswith(magic):
            return form
    return TAR if head[257:262] == b"ustar" else None


def pieces_of(artefact: ReadAt) -> Iterator[bytes]:
    """All of an artefact, a window at a time."""
    for offset in range(0, artefact.size, WINDOW):
        yield artefact.read_at(offset, WINDOW)


def unpacked(form: str, packed: Iterator[bytes], found: list[Oddity]) -> Iterator[bytes]:
    """The content of a compressed file, none of its pieces empty; it ends where it cannot be unpacked further.

    Args:
        form: of the compression.
        packed: its bytes.
        found: what is wrong is added here.
    """
    stream, streams = _begin(form), 1
    try:
        while True:
            piece = b""
            if stream.hungry:
                piece = next(packed, b"")
                if not piece:
                    found.append(Oddity(OddityKind.UNREADABLE, note=f"the {form} stream is cut short"))
                    return
            if content := stream.more(piece):
                yield content
            if stream.eof:
                rest = stream.unused_data or next(packed, b"")
                if not rest.strip(b"\0"):
                    return
                if form_of(rest) != form:
                    found.append(Oddity(OddityKind.HIDDEN_BYTES, note=f"bytes follow the {form} stream"))
                    return
                stream, streams = _begin(form), streams + 1
                packed = _before(rest, packed)
                if streams == 2:
                    found.append(Oddity(OddityKind.HIDDEN_BYTES, note=f"several {form} streams follow each other"))
    except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError) as error:
        note = f"the {form} stream cannot be unpacked: {error}"
        found.append(Oddity(OddityKind.UNREADABLE, note=note))


def _begin(form: str) -> _Stream:
    if form == GZIP:
        return _Gzip()
    if form == BZIP2:
        return _Stream(bz2.BZ2Decompressor())
    return _Stream(lzma.LZMADecompressor(memlimit=MAX_DICTIONARY))


def _before(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others
