"""Rebuild the lists of popular names from tables of names in order of rank.

    python tools/build_popular.py FOLDER

FOLDER holds `npm.tsv`, `pypi.tsv`, `crates.tsv`, `maven.tsv`, `rubygems.tsv` and `nuget.tsv`: the name in the first
column, the most popular first. The list for NuGet leaves out ids of Microsoft and other vendors: those in
`nuget_vendors.txt` beside this file take turns with it. If there is `npm-all.tsv`, names in no order, those of leading
scopes become `npm-scoped.xz`.
"""

from __future__ import annotations

import lzma
import sys
from collections import Counter
from itertools import zip_longest
from pathlib import Path

from pratique.formats.project_names.cargo import twin_key
from pratique.naming.spelling import canonical_or_none

VENDORS = {"nuget": Path(__file__).parent / "nuget_vendors.txt"}
TARGET = Path(__file__).parent.parent / "src/pratique/naming/data"
SOURCES = {
    "npm": "npm.tsv",
    "pypi": "pypi.tsv",
    "cargo": "crates.tsv",
    "maven": "maven.tsv",
    "rubygems": "rubygems.tsv",
    "nuget": "nuget.tsv",
}
"""Ecosystem to its table."""

LEADING = 10_000
LARGE = 10
"""A scope is leading if it has one of the most popular packages and so many in all."""

XZ = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 2 << 20}]
"""The dictionary is as large as the data: a reader sets aside that much memory."""


def main(folder: Path) -> None:
    """Read, bring names to canonical form, pack."""
    for ecosystem, table in SOURCES.items():
        lines = (folder / table).read_text(encoding="utf-8").splitlines()
        if ecosystem in VENDORS:
            lines = take_turns(lines, VENDORS[ecosystem].read_text(encoding="utf-8").split())
        names = distinct(ecosystem, [line.split("\t")[0] for line in lines])
        write(ecosystem, names)
        everything = folder / f"{ecosystem}-all.tsv"
        if everything.is_file():
            lines = everything.read_text(encoding="utf-8").splitlines()
            write(f"{ecosystem}-scoped", of_leading_scopes(names, [line.split("\t")[0] for line in lines]))


def distinct(ecosystem: str, names: list[str]) -> list[str]:
    """Canonical names; what is none is left out, and a crate's other spelling: packagers write each `_` as `-`."""
    canonical = dict.fromkeys(name for one in names if (name := canonical_or_none(ecosystem, one)))
    if ecosystem != "cargo":
        return list(canonical)
    return list({twin_key(name): name for name in reversed(canonical)}.values())[::-1]


def write(part: str, names: list[str]) -> None:
    """Pack names, one a line."""
    content = lzma.compress("\n".join(names).encode(), filters=XZ)
    TARGET.mkdir(exist_ok=True)
    (TARGET / f"{part}.xz").write_bytes(content)
    sys.stdout.write(f"{part}.xz: {len(names)} names, {len(content)} bytes\n")


def of_leading_scopes(popular: list[str], everything: list[str]) -> list[str]:
    """Names in large scopes that have one of the most popular packages, without the popular ones."""
    sizes = Counter(scope_of(name) for name in everything)
    leading = {scope for name in popular[:LEADING] if (scope := scope_of(name)) and sizes[scope] >= LARGE}
    return sorted({name for name in everything if scope_of(name) in leading} - set(popular))


def scope_of(name: str) -> str:
    """What stands before the slash."""
    return name.partition("/")[0] if name.startswith("@") else ""


def take_turns(one: list[str], other: list[str]) -> list[str]:
    """A line of the one, a line of the other, until both are used up."""
    return [line for pair in zip_longest(one, other) for line in pair if line]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
