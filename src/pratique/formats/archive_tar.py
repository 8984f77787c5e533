"""Walk a gzip-compressed tar archive as a stream: ustar, pax and GNU long names, nothing else.

Source: POSIX.1-2017 pax, "ustar Interchange Format" and "pax Extended Header"; GNU tar manual, "Basic Tar Format".
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.formats.archive_rules import (
    WINDOW,
    Budget,
    Inventory,
    Member,
    check_symlink,
    plain_name,
    refuse_large_read,
    shown,
)
from pratique.formats.tar_header import (
    BLOCK,
    EXTENSION_KINDS,
    Extension,
    Header,
    apply_extension,
    read_extension,
    read_header,
)

MAX_EXTENSION = 1 << 20
"""Bytes of one pax or GNU header; real ones stay below a few kilobytes."""

_KINDS = {
    b"0": "file",
    b"\0": "file",
    b"7": "file",
    b"1": "hardlink",
    b"2": "symlink",
    b"3": "other",
    b"4": "other",
    b"5": "directory",
    b"6": "other",
}


def walk_tar_gz(artefact: ReadAt, limits: ArchiveLimits, *, dots: bool = True) -> Iterator[Member]:
    """Yield the members of a `.tar.gz` in order, checking everything on the way.

    Args:
        artefact: the whole file.
        limits: on its inside.
        dots: names may begin with `./`, which changes nothing to most extractors.

    Raises:
        Invalid: broken or ambiguous structure, hostile names or links, sparse files, trailing bytes.
        TooLarge: over a limit.
    """
    budget = Budget(limits, artefact.size)
    stream = _Inflated(artefact, budget)
    inventory = Inventory(limits)
    while (header := _next_member(stream, budget)) is not None:
        name = plain_name(header.name, limits.max_depth)
        if not dots and header.name.removesuffix("/") != name:
            raise Invalid(f"the archive holds {shown(header.name)}: here names begin with a folder, without `./`")
        if not name and header.kind == b"5" and not header.size:
            continue
        member, content = _member(name, header, stream, limits)
        inventory.add(member.name, member.kind)
        yield member
        content.close()
        stream.skip_content()
    stream.expect_zeros_to_end()


class _Inflated:
    """The unpacked tar stream, and how much of the current member's content is still unread."""

    def __init__(self, artefact: ReadAt, budget: Budget) -> None:
        self._artefact, self._budget = artefact, budget
        self._offset = 0
        self._zlib = zlib.decompressobj(wbits=31)
        self._ready, self._at = b"", 0
        self._content = self._padding = self._members = 0

    def _more(self) -> bytes:
        """The next unpacked bytes, empty at the end of the one gzip member."""
        while not self._zlib.eof:
            packed = self._zlib.unconsumed_tail
            if not packed:
                packed = self._artefact.read_at(self._offset, WINDOW)
                self._offset += len(packed)
            try:
                unpacked = self._zlib.decompress(packed, WINDOW)
            except zlib.error:
                raise Invalid("the file is not a sound gzip stream; build and upload the archive again") from None
            self._budget.take_bytes(len(unpacked))
            if unpacked:
                return unpacked
            if not packed:
                raise Invalid("the gzip stream is cut short; build and upload the archive again")
        if self._zlib.unused_data or self._offset < self._artefact.size:
            raise Invalid("bytes follow the gzip stream; extractors disagree about whether they count")
        return b""

    def take(self, length: int) -> bytes:
        """Exactly that many bytes, fewer only at the end of the stream. Use for small lengths."""
        parts: list[bytes] = []
        while length > 0 and (part := self._take_some(length)):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _take_some(self, length: int) -> bytes:
        if self._at == len(self._ready):
            self._ready, self._at = self._more(), 0
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


def _next_member(stream: _Inflated, budget: Budget) -> Header | None:
    """The next member's header with its extensions applied; None at the end mark."""
    extension = Extension()
    while (block := stream.take(BLOCK)) and any(block):
        budget.take_entry()
        header = read_header(block)
        if header.kind in EXTENSION_KINDS:
            extension = read_extension(extension, header.kind, _take_extension(stream, header.size))
        elif header.kind in _KINDS:
            return apply_extension(header, extension)
        else:
            raise Invalid(f"{shown(header.name)} is a sparse file or of a kind that tar extractors disagree about")
    if not block or extension != Extension():
        raise Invalid("the tar archive ends without its end mark; build and upload it again")
    return None


def _take_extension(stream: _Inflated, size: int) -> bytes:
    if size > MAX_EXTENSION:
        raise Invalid(f"the tar archive holds an extended header of {size} bytes; at most {MAX_EXTENSION} are read")
    stream.begin_content(size)
    extension = b"".join(stream.content())
    stream.skip_content()
    return extension


def _member(name: str, header: Header, stream: _Inflated, limits: ArchiveLimits) -> tuple[Member, _Content]:
    kind = _KINDS[header.kind]
    if not name or (kind == "file" and header.name.endswith("/")):
        raise Invalid(f"the archive holds {shown(header.name)}, which is named like a folder and is none")
    if kind != "file" and header.size:
        raise Invalid(f"{shown(name)} is no regular file and claims content; extractors disagree about it")
    target = header.target if kind in ("symlink", "hardlink") else ""
    if kind == "symlink":
        check_symlink(name, target)
    if kind == "hardlink":
        target = plain_name(target, limits.max_depth)
    stream.begin_content(header.size)
    content = _Content(name, header.size, stream, limits)
    return Member(name, kind, header.size, content.read, content.chunks, target), content


class _Content:
    """One member's content, good until the walk goes on."""

    def __init__(self, name: str, size: int, stream: _Inflated, limits: ArchiveLimits) -> None:
        self._name, self._size, self._stream, self._limits = name, size, stream, limits
        self._open = True

    def chunks(self) -> Iterator[bytes]:
        if not self._open:
            raise RuntimeError("a member's content is read once, before the next member is taken")
        self._open = False
        return self._stream.content()

    def read(self) -> bytes:
        refuse_large_read(self._name, self._size, self._limits)
        return b"".join(self.chunks())

    def close(self) -> None:
        self._open = False
