"""The names of an ecosystem that a new one could be taken for: the popular ones in order, then all others.

A text of names is one a line, `name<TAB>rank[<TAB>downloads]` for popular ones (rank from 1, downloads a month),
anything after the first tab ignored for the others. Names are brought to canonical form by who reads them.
"""

from __future__ import annotations

import lzma
from array import array
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources

import msgspec

from pratique.core.errors import Invalid
from pratique.naming.exact_index import MOST_NAMES


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


def read_popular(lines: Iterable[str]) -> list[Known]:
    """Read `name<TAB>rank[<TAB>downloads]`, blank lines skipped, into the order of rank.

    Raises:
        Invalid: a line has no rank or no name; the sentence names the line.
    """
    found: list[tuple[int, Known]] = []
    for number, line in enumerate(lines, 1):
        name, *rest = line.rstrip("\r\n").split("\t")
        if not line.strip():
            continue
        if not name or not rest or not all(_is_count(one) for one in rest[:2]):
            raise Invalid(
                f"line {number} of the list of popular names is {line[:80]!a}; "
                "it should be a name, a tab and its rank, and perhaps a tab and its downloads a month"
            )
        found.append((int(rest[0]), Known(name, int(rest[1]) if len(rest) > 1 else None)))
    return [known for _, known in sorted(found, key=lambda one: one[0])]


def read_names(lines: Iterable[str]) -> list[str]:
    """Read names, one a line; what follows a tab is ignored. Raises Invalid if there are too many."""
    found = [name for line in lines if (name := line.rstrip("\r\n").partition("\t")[0].strip())]
    if len(found) > MOST_NAMES // 2:
        raise Invalid(f"{len(found)} names are too many for one list; at most {MOST_NAMES // 2} are read")
    return found


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


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) <= 15
