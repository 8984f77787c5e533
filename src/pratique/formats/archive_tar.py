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
from pratique.formats.tar_stream import TarStream

KINDS = {
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
"""What stands for which kind of member."""


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
    stream = TarStream(_inflated(artefact), budget)
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


def _inflated(artefact: ReadAt) -> Iterator[bytes]:
    """The content of one gzip stream that is all of the file."""
    offset, stream = 0, zlib.decompressobj(wbits=31)
    while not stream.eof:
        packed = stream.unconsumed_tail
        if not packed:
            packed = artefact.read_at(offset, WINDOW)
            offset += len(packed)
        try:
            unpacked = stream.decompress(packed, WINDOW)
        except zlib.error:
            raise Invalid("the file is not a sound gzip stream; build and upload the archive again") from None
        if unpacked:
            yield unpacked
        elif not packed:
            raise Invalid("the gzip stream is cut short; build and upload the archive again")
    if stream.unused_data or offset < artefact.size:
        raise Invalid("bytes follow the gzip stream; extractors disagree about whether they count")


def _next_member(stream: TarStream, budget: Budget) -> Header | None:
    """The next member's header with its extensions applied; None at the end mark."""
    extension = Extension()
    while (block := stream.take(BLOCK)) and any(block):
        budget.take_entry()
        header = read_header(block)
        if header.kind in EXTENSION_KINDS:
            extension = read_extension(extension, header.kind, stream.take_extension(header.size))
        elif header.kind in KINDS:
            return apply_extension(header, extension)
        else:
            raise Invalid(f"{shown(header.name)} is a sparse file or of a kind that tar extractors disagree about")
    if not block or extension != Extension():
        raise Invalid("the tar archive ends without its end mark; build and upload it again")
    return None


def _member(name: str, header: Header, stream: TarStream, limits: ArchiveLimits) -> tuple[Member, _Content]:
    kind = KINDS[header.kind]
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

    def __init__(self, name: str, size: int, stream: TarStream, limits: ArchiveLimits) -> None:
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
