"""What is in an artefact: every file with size, kind and digest, and the content of as many as may be held."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterator, Sequence

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
        self._ahead: dict[int, bytes] = {}
        self._take_in()
        self.unpacked = sum(piece.size for piece in self.pieces)
        paths = [piece.path for piece in self.pieces]
        self._plain = _plain(self.pieces)
        self.ecosystem = ecosystem or ecosystem_of(filename, paths)
        self._places = _places(self.ecosystem, paths)
        self._settle()

    def _take_in(self) -> None:
        """Walk once; hold what may be held, and of that which does not fit the largest go first, manifests last."""
        held, heap = 0, list[tuple[bool, int, int]]()
        for index, piece in enumerate(self._walk(lambda _index: True, self.oddities)):
            self.pieces.append(piece)
            length = len(piece.content or b"")
            if length > _LARGE and not piece.kind.is_text:
                piece.content = None
                continue
            held += length
            heapq.heappush(heap, (_is_asked_for(piece.path), -length, index))
            while held > self._limits.max_held:
                _, less, largest = heapq.heappop(heap)
                self.pieces[largest].content = None
                held += less

    def _settle(self) -> None:
        """Give every file the path that detectors and developers know it by."""
        self._names = [piece.path for piece in self.pieces]
        for piece in self.pieces:
            piece.path = self._places(piece.path)
        self.oddities = [Oddity(odd.kind, self._places(odd.path), odd.note) for odd in self.oddities]
        self._at = {piece.path: index for index, piece in enumerate(self.pieces)}
        if len(self._at) < len(self.pieces) and self.ecosystem == "npm":
            self.oddities += _one_above_the_other(self.pieces, self._names)

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
        if content is None:
            content = self._ahead.get(index)
        return content if content is not None else next(self._some({index}))[1].content

    def expect(self, paths: Collection[str]) -> None:
        """Have those of the files that are about to be read at hand: one walk for all, as far as they fit."""
        wanted = {self._at[path] for path in paths if path in self._at}
        wanted = {index for index in wanted if self.pieces[index].content is None}
        self._ahead, room = {}, self._limits.max_ahead
        for index, piece in self._some(wanted) if len(wanted) > 1 else ():
            room -= len(piece.content or b"")
            if room < 0:
                return
            self._ahead[index] = piece.content or b""

    def files(self) -> Iterator[Piece]:
        """Every file with its content: those that are held, then the others, one after the other.

        What was held is given up as it passes.
        """
        missing = {index for index, piece in enumerate(self.pieces) if piece.content is None}
        for index, piece in enumerate(self.pieces):
            if index not in missing:
                yield piece
                piece.content = b""
        self._ahead = {}
        for _, piece in self._some(missing) if missing else ():
            piece.path = self._places(piece.path)
            yield piece

    def _some(self, wanted: set[int]) -> Iterator[tuple[int, Piece]]:
        """The files at some positions, read once more."""
        names = {self._names[index] for index in wanted}
        for index, piece in enumerate(self._walk(wanted.__contains__, [], self._plain - names)):
            if index in wanted:
                yield index, piece

    def _walk(
        self, wanted: Callable[[int], bool], oddities: list[Oddity], plain: Container[str] = frozenset()
    ) -> Iterator[Piece]:
        """All files; those at positions that are not wanted without content and digest.

        Args:
            wanted: whether the file at a position is.
            oddities: those of the archive are added here.
            plain: names of files that are not wanted and known to be no archives.
        """
        index, kinds = 0, Counter[OddityKind]()
        for one in survey(self._artefact, self._limits.archive, plain):
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


_ASKED_FOR = frozenset(
    (
        "package.json",
        "binding.gyp",
        "METADATA",
        "RECORD",
        "PKG-INFO",
        "entry_points.txt",
        "setup.py",
        "setup.cfg",
        "pyproject.toml",
        "Cargo.toml",
        "metadata",
        "MANIFEST.MF",
        "pom.xml",
    )
)
"""Names of files that are read whatever else is in an artefact."""


def _is_asked_for(path: str) -> bool:
    return path.rpartition("/")[2] in _ASKED_FOR


def _plain(pieces: Sequence[Piece]) -> frozenset[str]:
    """The names that one file alone has, with nothing found inside it."""
    counts = Counter(piece.path for piece in pieces)
    around = {piece.path.rpartition("!")[0] for piece in pieces if "!" in piece.path}
    return frozenset(name for name, count in counts.items() if count == 1 and name not in around)


def _one_above_the_other(pieces: Sequence[Piece], names: Sequence[str]) -> Iterator[Oddity]:
    """Files of two folders that are unpacked to the same place; the last one stays."""
    met: dict[str, str] = {}
    for piece, name in zip(pieces, names, strict=True):
        before = met.setdefault(piece.path, name)
        if before != name:
            yield Oddity(OddityKind.DUPLICATE, piece.path, f"{before} and {name} are unpacked to the same place")


def _places(ecosystem: str, paths: list[str]) -> Callable[[str], str]:
    """How a path in the archive becomes the path below the package's root."""
    if ecosystem == "rubygems":
        return _gem_place
    if ecosystem == "npm":
        return _npm_place
    root = package_root(ecosystem, paths) if ecosystem else ""
    return lambda path: path.removeprefix(root)


def _npm_place(path: str) -> str:
    """Npm unpacks without the first folder, whatever it is called (`strip: 1` of pacote)."""
    first, slash, rest = path.partition("/")
    return rest if slash and "!" not in first else path


def _gem_place(path: str) -> str:
    for prefix, place in _GEM:
        if path.startswith(prefix):
            return place + path.removeprefix(prefix)
    return path
