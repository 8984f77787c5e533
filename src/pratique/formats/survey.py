"""Look through an artefact of any form, archives inside it too: every member, and every oddity, one after the other.

For looking, not for acting: nothing is refused that can be looked at, and what cannot is an oddity.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
from collections.abc import Callable, Container, Iterator, Sequence

import msgspec

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.core.ports import ReadAt
from pratique.formats.archive_rules import WINDOW, Budget, Member, refuse_large_read
from pratique.formats.oddities import Oddity, OddityKind
from pratique.formats.survey_tar import survey_tar
from pratique.formats.survey_zip import survey_zip
from pratique.formats.tar_stream import TarStream
from pratique.formats.unpacked import HEAD, TAR, UNKNOWN, ZIP, form_of, pieces_of, unpacked

MAX_HELD = 24 << 20
"""Bytes of ZIP archives inside other archives that are held in memory at a time to look into them."""

MAX_NESTING = 4
"""Archives inside archives: a gem takes two of them for itself."""


class Opened(msgspec.Struct, frozen=True):
    """A file that was itself an archive or compressed; what is in it was told before.

    Attributes:
        name: its path.
        size: bytes of it.
        sha256: of it.
        head: its first bytes, up to `HEAD`.
    """

    name: str
    size: int
    sha256: str
    head: bytes


Found = Member | Opened | Oddity


class PiecesAt:
    """An artefact that is in memory, in the pieces in which it came: to join them would hold it twice."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self._ends = list(itertools.accumulate(map(len, pieces)))

    @property
    def size(self) -> int:
        """Total bytes."""
        return self._ends[-1] if self._ends else 0

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`."""
        number = bisect.bisect_right(self._ends, offset)
        found: list[bytes] = []
        while length > 0 and number < len(self._pieces):
            piece = self._pieces[number]
            at = offset - (self._ends[number] - len(piece))
            found.append(piece[at : at + length])
            offset, length, number = offset + len(found[-1]), length - len(found[-1]), number + 1
        return b"".join(found)


def survey(artefact: ReadAt, limits: ArchiveLimits, plain: Container[str] = frozenset()) -> Iterator[Found]:
    """Tell all that is in an artefact; what lies in an archive inside has that one's path and a `!` before its own.

    Each member's content has to be read, or left, before the next thing is taken. Never raises for what the bytes are:
    beyond a limit it says so and ends.

    Args:
        artefact: its bytes.
        limits: on its inside.
        plain: names of files that an earlier survey found to be no archives: these are told without a look inside.
    """
    budget = Budget(limits, artefact.size)
    form = form_of(artefact.read_at(0, HEAD))
    if form is None:
        yield Oddity(OddityKind.UNREADABLE, note="it is no archive of a kind that is known here")
        return
    try:
        yield from _Surveyor(limits, budget, plain).inside(form, artefact, pieces_of(artefact), "", 0)
    except TooLarge as error:
        yield Oddity(OddityKind.BOMB, note=str(error))


class _Surveyor:
    def __init__(self, limits: ArchiveLimits, budget: Budget, plain: Container[str]) -> None:
        self._limits, self._budget, self._plain = limits, budget, plain
        self._over: TooLarge | None = None
        self._room = MAX_HELD

    def inside(
        self, form: str, whole: ReadAt | None, pieces: Iterator[bytes], path: str, depth: int
    ) -> Iterator[Found]:
        """What is in an archive or compressed file.

        Args:
            form: of it.
            whole: the same as `pieces`, where it can be read at any place.
            pieces: its bytes.
            path: of it in the artefact, empty for the artefact itself.
            depth: archives around it.
        """
        found: list[Oddity] = []
        room = self._room
        for member in self._members(form, whole, pieces, path, found):
            yield from _told(found, path)
            yield from self._member(member, path, depth, found)
            yield from _told(found, path)
            if self._over is not None:
                raise self._over
        self._room = room
        yield from _told(found, path)

    def _members(
        self, form: str, whole: ReadAt | None, pieces: Iterator[bytes], path: str, found: list[Oddity]
    ) -> Iterator[Member]:
        if form == UNKNOWN:
            found.append(Oddity(OddityKind.UNREADABLE, note="it is compressed in a form that nobody here reads"))
            return iter(())
        if form == ZIP:
            artefact = whole if whole is not None else self._held(pieces, found)
            return iter(()) if artefact is None else survey_zip(artefact, self._limits, self._budget, found)
        if form == TAR:
            return survey_tar(pieces, self._limits, self._budget, found)
        content = unpacked(form, pieces, found)
        first, content = _head(content)
        if form_of(first) == TAR or (not any(first) and len(first) == HEAD):
            return survey_tar(content, self._limits, self._budget, found)
        return iter((self._single(path, content),))

    def _held(self, pieces: Iterator[bytes], found: list[Oddity]) -> ReadAt | None:
        held, size = [], 0
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size > self._room:
                note = f"archives of more than {MAX_HELD} bytes inside another are not looked into"
                found.append(Oddity(OddityKind.UNREADABLE, note=note))
                return None
        self._room -= size
        return PiecesAt(held)

    def _single(self, path: str, content: Iterator[bytes]) -> Member:
        """The one file that was compressed alone."""
        name = path.rpartition("!")[2].rpartition("/")[2].rpartition(".")[0] or "content"
        stream = TarStream(content, self._budget)

        def chunks() -> Iterator[bytes]:
            while piece := stream.take(WINDOW):
                yield piece

        return Member(name, "file", 0, _reader(name, chunks, self._limits), chunks)

    def _read(self, member: Member, found: list[Oddity]) -> Iterator[bytes]:
        """A member's content as far as it can be had: whoever reads it is not to hear of what is wrong with it."""
        try:
            yield from member.chunks()
        except Invalid as error:
            found.append(Oddity(OddityKind.UNREADABLE, member.name, str(error)))
        except TooLarge as error:
            self._over = error

    def _member(self, member: Member, path: str, depth: int, found: list[Oddity]) -> Iterator[Found]:
        name = f"{path}!{member.name}" if path else member.name
        if member.kind != "file" or name in self._plain:
            yield msgspec.structs.replace(member, name=name)
            return
        head, chunks = _head(self._read(member, found))
        form = form_of(head)
        if form is None:
            yield Member(name, "file", member.size, _reader(name, lambda: chunks, self._limits), lambda: chunks)
            return
        if depth + 1 >= MAX_NESTING:
            yield Oddity(OddityKind.TOO_DEEP, name, f"archives inside archives, more than {MAX_NESTING} of them")
            form = UNKNOWN
        passed = _Passed(chunks)
        yield from self.inside(form, None, passed.pieces(), name, depth + 1)
        for _ in passed.pieces():
            pass
        yield Opened(name, passed.size, passed.digest.hexdigest(), head)


class _Passed:
    """Bytes on their way into an archive inside: counted and hashed."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self.size, self.digest = chunks, 0, hashlib.sha256()

    def pieces(self) -> Iterator[bytes]:
        for piece in self._chunks:
            self.size += len(piece)
            self.digest.update(piece)
            yield piece


def _head(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, and all of them again."""
    taken: list[bytes] = []
    have = 0
    for piece in pieces:
        taken.append(piece)
        have += len(piece)
        if have >= HEAD:
            break
    return b"".join(taken)[:HEAD], _again(taken, pieces)


def _again(taken: list[bytes], others: Iterator[bytes]) -> Iterator[bytes]:
    yield from taken
    yield from others


def _reader(name: str, chunks: Callable[[], Iterator[bytes]], limits: ArchiveLimits) -> Callable[[], bytes]:
    def read() -> bytes:
        content = bytearray()
        for piece in chunks():
            content += piece
            refuse_large_read(name, len(content), limits)
        return bytes(content)

    return read


def _told(found: list[Oddity], path: str) -> Iterator[Oddity]:
    """What was found since the last time, with the path of the archive around it."""
    for oddity in found:
        inside = f"{path}!{oddity.path}" if path and oddity.path else path or oddity.path
        yield msgspec.structs.replace(oddity, path=inside)
    found.clear()
