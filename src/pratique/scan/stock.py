"""What is in an artefact: every file with size, kind and digest, and the content of as many as may be held."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator

from pratique.core.ports import ReadAt
from pratique.formats.archive_rules import Member
from pratique.formats.file_kind import FileKind, kind_of
from pratique.formats.survey import Opened, survey
from pratique.scan.execution_points import package_root
from pratique.scan.limits import ScanLimits
from pratique.scan.recognise import ecosystem_of
from pratique.scan.seen import Oddity, OddityKind

MOST_OF_A_KIND = 20
"""Oddities of one kind that are told: very many of one must not hide the others."""

_LARGE = 64 << 10
"""Bytes from which what is no text is not held: no manifest names it as something to be read."""

_HEAD = 4096
_GEM = (
    ("data.tar.gz!", ""),
    ("metadata.gz!metadata", "metadata"),
    ("checksums.yaml.gz!checksums.yaml", "checksums.yaml"),
)


class Piece:
    """One file: what is known of it, and its content while that is held.

    Attributes:
        path: as it lies in the artefact; `Stock.settle` makes it the path below the package's root.
        size: bytes.
        sha256: of all of it, hexadecimal.
        kind: by content.
        content: its first bytes; None while they are not held.
    """

    __slots__ = ("content", "kind", "path", "sha256", "size")

    def __init__(self, path: str, size: int, sha256: str, kind: FileKind, content: bytes | None) -> None:
        self.path, self.size, self.sha256, self.kind, self.content = path, size, sha256, kind, content


class Stock:
    """An artefact's files and oddities.

    Attributes:
        ecosystem: as given, else as recognised; empty if nothing tells.
        pieces: the files in the order of the archive.
        oddities: of the archive.
        unpacked: bytes of all files.
    """

    def __init__(self, artefact: ReadAt, ecosystem: str, filename: str, limits: ScanLimits) -> None:
        """Take stock.

        Args:
            artefact: its bytes.
            ecosystem: if it is known, else empty.
            filename: if it is known, else empty.
            limits: how far it is looked into.
        """
        self._artefact, self._limits = artefact, limits
        self.pieces: list[Piece] = []
        self.oddities: list[Oddity] = []
        held = 0
        for piece in self._walk(lambda _index: True, self.oddities):
            length = len(piece.content or b"")
            if held + length > limits.max_held or (length > _LARGE and not piece.kind.is_text):
                piece.content = None
            else:
                held += length
            self.pieces.append(piece)
        self.unpacked = sum(piece.size for piece in self.pieces)
        paths = [piece.path for piece in self.pieces]
        self.ecosystem = ecosystem or ecosystem_of(filename, paths)
        self._places = _places(self.ecosystem, paths)
        self._settle()

    def _settle(self) -> None:
        """Give every file the path that detectors and developers know it by."""
        for piece in self.pieces:
            piece.path = self._places(piece.path)
        self.oddities = [Oddity(odd.kind, self._places(odd.path), odd.note) for odd in self.oddities]
        self._at = {piece.path: index for index, piece in enumerate(self.pieces)}

    @property
    def paths(self) -> list[str]:
        """Of all files."""
        return [piece.path for piece in self.pieces]

    def read(self, path: str) -> bytes | None:
        """The content of a file by its path, cut at the limit; None if there is no such file."""
        index = self._at.get(path)
        if index is None:
            return None
        content = self.pieces[index].content
        if content is not None:
            return content
        return next(piece.content for number, piece in enumerate(self._walk(index.__eq__, [])) if number == index)

    def files(self) -> Iterator[Piece]:
        """Every file with its content: those that are held, then the others, one after the other.

        What was held is given up as it passes.
        """
        missing = {index for index, piece in enumerate(self.pieces) if piece.content is None}
        for index, piece in enumerate(self.pieces):
            if index not in missing:
                yield piece
                piece.content = b""
        if missing:
            yield from self._again(missing)

    def _again(self, missing: set[int]) -> Iterator[Piece]:
        for index, piece in enumerate(self._walk(missing.__contains__, [])):
            if index in missing:
                piece.path = self._places(piece.path)
                yield piece

    def _walk(self, wanted: Callable[[int], bool], oddities: list[Oddity]) -> Iterator[Piece]:
        """All files; those at positions that are not wanted without content and digest.

        Args:
            wanted: whether the file at a position is.
            oddities: those of the archive are added here.
        """
        index, kinds = 0, Counter[OddityKind]()
        for one in survey(self._artefact, self._limits.archive):
            if isinstance(one, Oddity):
                kinds[one.kind] += 1
                if kinds[one.kind] <= MOST_OF_A_KIND:
                    oddities.append(one)
                continue
            if isinstance(one, Opened):
                yield Piece(one.name, one.size, one.sha256, kind_of(one.name, one.head), b"")
            elif one.kind == "file":
                yield self._taken(one) if wanted(index) else Piece(one.name, 0, "", FileKind.DATA, None)
            else:
                continue
            index += 1

    def _taken(self, member: Member) -> Piece:
        pieces: list[bytes] = []
        size, digest, most = 0, hashlib.sha256(), self._limits.max_content
        for chunk in member.chunks():
            if size < most:
                pieces.append(chunk[: most - size])
            size += len(chunk)
            digest.update(chunk)
        kept = b"".join(pieces)
        return Piece(member.name, size, digest.hexdigest(), kind_of(member.name, kept[:_HEAD]), kept)


def _places(ecosystem: str, paths: list[str]) -> Callable[[str], str]:
    """How a path in the archive becomes the path below the package's root."""
    if ecosystem == "rubygems":
        return _gem_place
    root = package_root(ecosystem, paths) if ecosystem else ""
    return lambda path: path.removeprefix(root)


def _gem_place(path: str) -> str:
    for prefix, place in _GEM:
        if path.startswith(prefix):
            return place + path.removeprefix(prefix)
    return path
