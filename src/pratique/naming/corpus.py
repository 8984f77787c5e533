"""The names of an ecosystem that a new one could be taken for: the popular ones in order, then all others.

Lists that people have are read by `names_list`; what comes with the package is a name a line, canonical.
"""

from __future__ import annotations

import lzma
from array import array
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources

import msgspec


class Known(msgspec.Struct, frozen=True):
    """A popular name.

    Attributes:
        name: canonical.
        downloads: a month; None where only the order is known.
    """

    name: str
    downloads: int | None = None


class Names(msgspec.Struct, frozen=True):
    """Names by number, in one block of bytes; a list of strings would be four times as large.

    Attributes:
        block: all names one after the other, in UTF-8.
        starts: where each begins, and at last where the block ends.
    """

    block: bytes
    starts: array[int]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[str]:
        """All of them, by number."""
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> str:
        """The name of a number."""
        return self.block[self.starts[number] : self.starts[number + 1]].decode(errors="surrogatepass")


def pack(names: Iterable[str]) -> Names:
    """Lay names into one block, numbered from 0 as they come."""
    parts, starts, end = [], array("I", [0]), 0
    for name in names:
        part = name.encode(errors="surrogatepass")
        parts.append(part)
        end += len(part)
        starts.append(end)
    return Names(b"".join(parts), starts)


def shipped(ecosystem: str) -> Sequence[Known]:
    """The popular names that come with the package, most popular first; none for an ecosystem without data."""
    return [Known(name) for name in shipped_names(ecosystem)]


def shipped_names(ecosystem: str) -> list[str]:
    """The same, their names alone; none comes twice."""
    return [name for name in read_shipped(ecosystem).decode().split("\n") if name]


def shipped_others(ecosystem: str) -> list[str]:
    """Further names that come with the package: all that are known of scopes which others may not look like."""
    return [name for name in read_shipped(ecosystem, "-scoped").decode().split("\n") if name]


def read_shipped(ecosystem: str, part: str = "") -> bytes:
    """A list that comes with the package, one name a line; empty where there is none."""
    file = resources.files("pratique.naming").joinpath("data", f"{ecosystem}{part}.xz")
    return lzma.decompress(file.read_bytes()) if ecosystem.isalnum() and file.is_file() else b""


def read_shipped_lines(file: str) -> list[str]:
    """The lines of a text that comes with the package; those that begin with `#` are left out."""
    text = resources.files("pratique.naming").joinpath("data", file).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
