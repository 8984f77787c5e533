"""What every archive walker keeps: member values, names that stay inside, and the running budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.core.ports import ReadAt

WINDOW = 256 << 10
"""Bytes taken from an archive at a time."""

MAX_NAME = 4096
"""Longest member name or link target in characters; PATH_MAX of common systems."""

MAX_NAMES = 32 << 20
"""Characters of all names and folders together that a walk keeps in memory."""


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
    if len(name) > MAX_NAME:
        raise Invalid(f"the archive holds a member whose name is longer than {MAX_NAME} characters")
    if "\\" in name or (len(name) > 1 and name[1] == ":" and name[0].isascii() and name[0].isalpha()):
        raise Invalid(f"the archive holds {shown(raw)}: backslashes and drive letters are not allowed; use `/`")
    if not name.isprintable() and any(ord(char) < 32 or 127 <= ord(char) < 160 for char in name):
        raise Invalid(f"the archive holds {shown(raw)}: control characters are not allowed in names")


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

    def __init__(self) -> None:
        self._leaves: set[str] = set()
        self._folders: set[str] = set()
        self._kept = 0

    def add(self, name: str, kind: str) -> None:
        """Take note of a member.

        Raises:
            Invalid: the name was there before, or is both a folder and something else.
            TooLarge: all names together are too long to keep.
        """
        if kind == "directory":
            self._add_folder(name, name)
            return
        if name in self._leaves:
            raise Invalid(f"the archive holds {shown(name)} twice; extractors disagree about which one counts")
        if name in self._folders:
            raise Invalid(f"the archive holds {shown(name)} both as a folder and as something else")
        self._leaves.add(name)
        self._keep(name)
        parent = name.rpartition("/")[0]
        if parent:
            self._add_folder(parent, name)

    def _add_folder(self, folder: str, name: str) -> None:
        while folder and folder not in self._folders:
            if folder in self._leaves:
                raise Invalid(f"the archive holds {shown(name)} below {shown(folder)}, which is no folder")
            self._folders.add(folder)
            self._keep(folder)
            folder = folder.rpartition("/")[0]

    def _keep(self, path: str) -> None:
        self._kept += len(path)
        if self._kept > MAX_NAMES:
            raise TooLarge(f"the names in the archive are longer than {MAX_NAMES} characters together")


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
