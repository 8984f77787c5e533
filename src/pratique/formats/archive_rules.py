"""What every archive walker keeps: member values, names that stay inside, and the running budget."""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.core.ports import ReadAt

WINDOW = 256 << 10
"""Bytes taken from an archive at a time."""

MAX_NAME = 4096
"""Longest member name or link target in bytes of UTF-8; PATH_MAX of common systems."""

MAX_SEGMENT = 255
"""Longest part of a name between two slashes, in bytes of UTF-8; NAME_MAX of common systems."""

MAX_MARKS = 30
"""Combining marks in a row. Bringing more of them into order takes time that grows with the square of their number.

Source: UAX 15, "Stream-Safe Text Format"."""

MAX_NAMES = 32 << 20
"""Bytes of memory that the names of all members take together: a reader may keep each of them once."""


class Member(msgspec.Struct, frozen=True):
    """One entry of an archive; its content can be had until the next member is taken.

    Attributes:
        name: relative path with `/`, no leading `./`, no trailing slash.
        kind: `file`, `directory`, `symlink`, `hardlink` or `other` (devices, pipes).
        size: bytes of content.
        read: the content at once; raises TooLarge above `ArchiveLimits.max_member`.
        chunks: the content in pieces of at most `WINDOW` bytes, of any size.
        target: where a link points, empty otherwise.
    """

    name: str
    kind: str
    size: int
    read: Callable[[], bytes]
    chunks: Callable[[], Iterator[bytes]]
    target: str = ""


def exactly(artefact: ReadAt, offset: int, length: int) -> bytes:
    """The bytes of a range that has to be there.

    Raises:
        Invalid: the artefact ends before the range does.
    """
    content = artefact.read_at(offset, length) if offset >= 0 else b""
    if len(content) != length:
        raise Invalid("the archive is cut short or points outside itself; build and upload it again")
    return content


def shown(name: str) -> str:
    """A member's name as a sentence may carry it: quoted, printable, short."""
    text = name if len(name) <= 80 else name[:77] + "..."
    return ascii(text)


def plain_name(raw: str, max_depth: int) -> str:
    """A member's name without a leading `./` and trailing `/`; empty for the archive's own root.

    Raises:
        Invalid: it is absolute, leaves the archive, or means different things to different systems.
        TooLarge: it is deeper than the limit.
    """
    name = raw[2:] if raw.startswith("./") else raw
    name = name.removesuffix("/")
    if name in ("", "."):
        if raw in (".", "./"):
            return ""
        raise Invalid(f"the archive holds a member named {shown(raw)}, which is no relative path")
    _check_characters(name, raw)
    segments = name.split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        raise Invalid(f"the archive holds {shown(raw)}: absolute paths, `.`, `..` and empty segments are not allowed")
    if len(segments) > max_depth:
        raise TooLarge(f"the archive holds {shown(raw)}, deeper than {max_depth} folders (limit max_depth)")
    return name


def _check_characters(name: str, raw: str) -> None:
    if len(name) > MAX_NAME or _bytes(name) > MAX_NAME:
        raise Invalid(f"the archive holds a member whose name is longer than {MAX_NAME} bytes")
    if any(_bytes(segment) > MAX_SEGMENT for segment in name.split("/")):
        raise Invalid(
            f"the archive holds {shown(raw)}: files and folders with names over {MAX_SEGMENT} bytes fit nowhere"
        )
    if not name.isascii() and _has_too_many_marks(name):
        raise Invalid(f"the archive holds {shown(raw)} with more than {MAX_MARKS} combining marks in a row")
    if "\\" in name or (len(name) > 1 and name[1] == ":" and name[0].isascii() and name[0].isalpha()):
        raise Invalid(f"the archive holds {shown(raw)}: backslashes and drive letters are not allowed; use `/`")
    if not name.isprintable() and any(ord(char) < 32 or 127 <= ord(char) < 160 for char in name):
        raise Invalid(f"the archive holds {shown(raw)}: control characters are not allowed in names")


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _has_too_many_marks(name: str) -> bool:
    """Whether a run of them is too long; what one character hides of them counts (U+0F73 is two).

    Read as it stands: one character can be taken apart into eighteen (U+FDFA), and a name of such into megabytes.
    """
    if not _FOREIGN.search(name):
        return False
    known, run = _characters_with_marks(), 0
    for char in name:
        found = known.get(char)
        if found is None:
            run = 0
            continue
        run = found.marks + (run if found.only else 0)
        if run > MAX_MARKS:
            return True
    return False


_FOREIGN = re.compile(r"[^\x00-\x7f]{8}")
"""Fewer characters in a row cannot hide a run that is too long: none is taken apart into more than four marks."""


_LAST = 0x1F213
"""The highest character that ends with a mark once it is taken apart; the tests look through all of Unicode."""


class _Hidden(NamedTuple):
    """What a character ends with once it is taken apart.

    Attributes:
        marks: how many combining marks.
        only: there is nothing else.
    """

    marks: int
    only: bool


@functools.cache
def _characters_with_marks() -> dict[str, _Hidden]:
    found = {}
    for code in range(0x80, _LAST + 1):
        char = chr(code)
        if unicodedata.combining(char) or unicodedata.decomposition(char):
            apart = unicodedata.normalize("NFKD", char)
            marks = sum(1 for _ in itertools.takewhile(unicodedata.combining, reversed(apart)))
            if marks:
                found[char] = _Hidden(marks, only=marks == len(apart))
    return found


def folded(path: str) -> str:
    """What is left of a path on systems where case and composition make no difference (macOS, Windows).

    Args:
        path: as `plain_name` gives it, so that this takes no longer than the path is long.
    """
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def digest_of(path: str) -> bytes:
    """What stands for a path in memory, however long the path is."""
    return hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def check_symlink(name: str, target: str) -> None:
    """Refuse a symbolic link that could lead out of the archive's root.

    Only leading `..` are allowed, and no more than the link lies deep: a `..` behind another link would
    not mean what it says.

    Raises:
        Invalid: the target is absolute, escapes or is ambiguous.
    """
    segments = target.split("/")
    climbing = 0
    while climbing < len(segments) and segments[climbing] == "..":
        climbing += 1
    rest = segments[climbing:]
    if not target or climbing > name.count("/") or ".." in rest or rest[:1] == [""]:
        raise Invalid(f"the archive holds a link {shown(name)} to {shown(target)}, which may lead out of it")
    _check_characters(target, target)


class Inventory:
    """The names seen so far in one archive: no path twice, no path through something that is no folder."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._leaves: set[bytes] = set()
        self._folders: set[bytes] = set()
        self._most = 2 * limits.max_entries
        self._names = 0

    def add(self, name: str, kind: str) -> None:
        """Take note of a member.

        Raises:
            Invalid: the name was there before, or is both a folder and something else.
            TooLarge: all names together are too long to keep, or they name too many folders.
        """
        self._names += sys.getsizeof(name)
        if self._names > MAX_NAMES:
            raise TooLarge(f"the names in the archive take more than {MAX_NAMES} bytes together")
        if kind == "directory":
            self._add_folder(name, name)
            return
        leaf = digest_of(name)
        if leaf in self._leaves:
            raise Invalid(f"the archive holds {shown(name)} twice; extractors disagree about which one counts")
        if leaf in self._folders:
            raise Invalid(f"the archive holds {shown(name)} both as a folder and as something else")
        self._keep(self._leaves, leaf)
        parent = name.rpartition("/")[0]
        if parent:
            self._add_folder(parent, name)

    def _add_folder(self, folder: str, name: str) -> None:
        while folder and (kept := digest_of(folder)) not in self._folders:
            if kept in self._leaves:
                raise Invalid(f"the archive holds {shown(name)} below {shown(folder)}, which is no folder")
            self._keep(self._folders, kept)
            folder = folder.rpartition("/")[0]

    def _keep(self, paths: set[bytes], path: bytes) -> None:
        paths.add(path)
        if len(self._leaves) + len(self._folders) > self._most:
            raise TooLarge(f"the archive holds more than {self._most} files and folders (twice the limit max_entries)")


class Budget:
    """What an archive may still unpack to."""

    def __init__(self, limits: ArchiveLimits, packed: int) -> None:
        self._limits, self._packed = limits, packed
        self._entries = self._unpacked = 0

    def take_entry(self) -> None:
        """Count one more member. Raises TooLarge beyond the limit."""
        self._entries += 1
        if self._entries > self._limits.max_entries:
            raise TooLarge(f"the archive holds more than {self._limits.max_entries} members (limit max_entries)")

    def take_bytes(self, count: int) -> None:
        """Count unpacked bytes. Raises TooLarge beyond the total or the ratio."""
        self._unpacked += count
        limits = self._limits
        if self._unpacked > limits.max_unpacked:
            raise TooLarge(f"the archive unpacks to more than {limits.max_unpacked} bytes (limit max_unpacked)")
        if self._unpacked > limits.ratio_from and self._unpacked > limits.max_ratio * self._packed:
            raise TooLarge(f"the archive unpacks to more than {limits.max_ratio} times its size (limit max_ratio)")


def refuse_large_read(name: str, size: int, limits: ArchiveLimits) -> None:
    """Refuse to hold a member in memory. Raises TooLarge above `max_member`."""
    if size > limits.max_member:
        raise TooLarge(f"{shown(name)} has {size} bytes; at most {limits.max_member} are read (limit max_member)")
