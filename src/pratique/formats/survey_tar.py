"""Look through a tar archive as far as it can be read, noting on the way on what extractors may disagree.

Unlike `archive_tar.walk_tar_gz`, which refuses at the first oddity, this is for archives that somebody else let in.
"""

from __future__ import annotations

from collections.abc import Iterator

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.formats.archive_rules import Budget, Member, refuse_large_read
from pratique.formats.archive_tar import KINDS
from pratique.formats.oddities import Oddity, OddityKind
from pratique.formats.survey_names import SurveyNames, note_link
from pratique.formats.tar_header import (
    BLOCK,
    EXTENSION_KINDS,
    Extension,
    Header,
    extended,
    raw_header,
    read_extension,
    read_header,
)
from pratique.formats.tar_stream import TarStream

_SPARSE = b"S"


def survey_tar(
    unpacked: Iterator[bytes], limits: ArchiveLimits, budget: Budget, found: list[Oddity]
) -> Iterator[Member]:
    """Yield the members of a tar archive in order.

    Args:
        unpacked: its bytes, none of the pieces empty.
        limits: on its inside.
        budget: of this archive and all those around it.
        found: oddities are added here.

    Raises:
        TooLarge: over the budget.
    """
    stream, names = TarStream(unpacked, budget), SurveyNames(limits)
    try:
        while (header := _next_header(stream, budget, found)) is not None:
            kind = KINDS.get(header.kind, "file")
            name = names.take(header.name, kind, found)
            if kind != "file" and header.size:
                note = "it is no regular file and claims content, which extractors take differently"
                found.append(Oddity(OddityKind.NAMES_DIFFER, name, note))
            stream.begin_content(header.size if kind == "file" else 0)
            if name or kind != "directory":
                yield _member(name, kind, header, stream, limits, found)
            stream.skip_content()
        stream.expect_zeros_to_end()
    except Invalid as error:
        found.append(Oddity(OddityKind.UNREADABLE, note=str(error)))


def _next_header(stream: TarStream, budget: Budget, found: list[Oddity]) -> Header | None:
    """The next member's header, as most extractors take it; None at the end mark or where nothing can be read."""
    extension = Extension()
    while (block := stream.take(BLOCK)) and any(block):
        budget.take_entry()
        try:
            header = read_header(block)
        except Invalid as error:
            read = raw_header(block)
            found.append(Oddity(OddityKind.NAMES_DIFFER if read else OddityKind.UNREADABLE, note=str(error)))
            if read is None:
                return None
            header = read
        if header.kind not in EXTENSION_KINDS:
            if header.kind not in KINDS:
                _note_kind(header, found)
            return extended(header, extension)
        extension = _extension(stream, header, extension, found)
    if not block:
        found.append(Oddity(OddityKind.UNREADABLE, note="the tar archive ends without its end mark"))
    return None


def _extension(stream: TarStream, header: Header, before: Extension, found: list[Oddity]) -> Extension:
    content = stream.take_extension(header.size)
    try:
        return read_extension(before, header.kind, content)
    except Invalid as error:
        found.append(Oddity(OddityKind.NAMES_DIFFER, note=str(error)))
        return before


def _note_kind(header: Header, found: list[Oddity]) -> None:
    what = "a sparse file" if header.kind == _SPARSE else f"of the kind {header.kind!r}"
    found.append(Oddity(OddityKind.NAMES_DIFFER, header.name, f"it is {what}, which extractors take differently"))


def _member(
    name: str, kind: str, header: Header, stream: TarStream, limits: ArchiveLimits, found: list[Oddity]
) -> Member:
    if kind == "other":
        found.append(Oddity(OddityKind.DEVICE, name, "it is a device or a pipe"))
    elif kind in ("symlink", "hardlink"):
        note_link(name, kind, header.target, found)

    def read() -> bytes:
        refuse_large_read(name, header.size, limits)
        return b"".join(stream.content())

    return Member(name, kind, header.size, read, stream.content, header.target)
