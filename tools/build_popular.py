"""Rebuild the lists of popular names from tables of names in order of rank.

    python tools/build_popular.py FOLDER

FOLDER holds `npm.tsv`, `pypi.tsv` and `crates.tsv`: the name in the first column, the most popular first.
"""

from __future__ import annotations

import lzma
import sys
from collections.abc import Callable
from pathlib import Path

from packaging.utils import canonicalize_name

TARGET = Path(__file__).parent.parent / "src/pratique/naming/data"
SOURCES: dict[str, tuple[str, Callable[[str], str]]] = {
    "npm": ("npm.tsv", str),
    "pypi": ("pypi.tsv", canonicalize_name),
    "cargo": ("crates.tsv", str.lower),
}
"""Ecosystem to its table and its canonical form of a name."""

XZ = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 2 << 20}]
"""The dictionary is as large as the data: a reader sets aside that much memory."""


def main(folder: Path) -> None:
    """Read, bring names to canonical form, pack."""
    for ecosystem, (table, canonical) in SOURCES.items():
        lines = (folder / table).read_text(encoding="utf-8").splitlines()
        names = list(dict.fromkeys(canonical(line.split("\t")[0]) for line in lines if line))
        content = lzma.compress("\n".join(names).encode(), filters=XZ)
        TARGET.mkdir(exist_ok=True)
        (TARGET / f"{ecosystem}.xz").write_bytes(content)
        sys.stdout.write(f"{ecosystem}.xz: {len(names)} names, {len(content)} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
