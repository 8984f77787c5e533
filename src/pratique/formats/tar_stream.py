"""The unpacked bytes of a tar archive as a stream: headers, contents and paddings one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.core.errors import Invalid
from pratique.formats.archive_rules import WINDOW, Budget
from pratique.formats.tar_header import BLOCK

MAX_EXTENSION = 1 << 20
"""Bytes of one pax or GNU header; real ones stay below a few kilobytes."""


class TarStream:
    """An unpacked tar archive, and how much of the current member's content is still unread."""

    def __init__(self, unpacked: Iterator[bytes], budget: Budget) -> None:
        """Begin at the first header.

        Args:
            unpacked: the archive's bytes in pieces; none is empty.
            budget: is charged for every piece.
        """
        self._unpacked, self._budget = unpacked, budget
        self._ready, self._at = b"", 0
        self._content = self._padding = self._members = 0

    def take(self, length: int) -> bytes:
        """Exactly that many bytes, fewer only at the end of the stream. Use for small lengths."""
        parts: list[bytes] = []
        while length > 0 and (part := self._take_some(length)):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _take_some(self, length: int) -> bytes:
        if self._at == len(self._ready):
            self._ready, self._at = next(self._unpacked, b""), 0
            self._budget.take_bytes(len(self._ready))
        part = self._ready[self._at : self._at + length]
        self._at += len(part)
        return part

    def begin_content(self, size: int) -> None:
        """From here on `size` bytes of content and their padding follow."""
        self._content, self._padding = size, -size % BLOCK
        self._members += 1

    def content(self) -> Iterator[bytes]:
        """The current member's unread content, in pieces; ends when the next member begins."""
        return self._pieces(self._members)

    def _pieces(self, member: int) -> Iterator[bytes]:
        while self._content and member == self._members:
            part = self._take_some(self._content)
            if not part:
                raise Invalid("the tar archive ends inside a member; build and upload it again")
            self._content -= len(part)
            yield part

    def skip_content(self) -> None:
        """Go to the next header."""
        for _ in self.content():
            pass
        if len(self.take(self._padding)) != self._padding:
            raise Invalid("the tar archive ends inside a member; build and upload it again")
        self._padding = 0

    def expect_zeros_to_end(self) -> None:
        """Refuse anything but zeros after the end mark: some extractors would go on reading there."""
        while part := self._take_some(WINDOW):
            if part.count(0) != len(part):
                raise Invalid("bytes follow the tar archive's end mark; extractors disagree about whether they count")

    def take_extension(self, size: int) -> bytes:
        """The content of an extended header. Raises Invalid where it is too long to be read."""
        if size > MAX_EXTENSION:
            raise Invalid(f"the tar archive holds an extended header of {size} bytes; at most {MAX_EXTENSION} are read")
        self.begin_content(size)
        extension = b"".join(self.content())
        self.skip_content()
        return extension
