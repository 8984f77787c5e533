"""Write down the code files of popular projects, so that copies of them under other names are told.

    python3 -m bench.scanning.originals FOLDER

The folder holds artefacts as `bench scan --corpus` takes them. Of each project the largest code files are kept, those
that lie in two projects of none; `src/pratique/scan/data/originals.xz` is written anew.
"""

from __future__ import annotations

import lzma
import os
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.scan import in_folder

from pratique.scan.cage.server import Descriptor
from pratique.scan.execution_points import plan
from pratique.scan.limits import ScanLimits
from pratique.scan.seen import ORIGINAL
from pratique.scan.stock import Stock

TARGET = Path(__file__).resolve().parents[2] / "src/pratique/scan/data/originals.xz"
MOST = 60
"""Files of one project."""

SMALLEST = 200
FEWEST = 3


def main() -> int:
    """Read all, write once."""
    found: dict[str, list[str]] = {}
    for path in in_folder(Path(sys.argv[1])):
        name, digests = code_of(path)
        found[name] = digests
    shared = Counter(digest for digests in found.values() for digest in set(digests))
    own = {name: [one for one in digests if shared[one] == 1] for name, digests in found.items()}
    lines = [f"{name} {' '.join(sorted(digests))}" for name, digests in sorted(own.items()) if len(digests) >= FEWEST]
    TARGET.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))
    print(f"{len(lines)} projects, {TARGET.stat().st_size} bytes")
    return 0


def code_of(path: Path) -> tuple[str, list[str]]:
    """A project's name and the digests of its largest code files."""
    with path.open("rb") as opened:
        artefact = Descriptor(opened.fileno(), os.fstat(opened.fileno()).st_size)
        stock = Stock(artefact, path.parent.name, path.name, ScanLimits())
        name = plan(stock.ecosystem, stock.paths, stock.read, stock.expect).name
    code = [one for one in stock.pieces if one.kind.is_code and one.size >= SMALLEST and "!" not in one.path]
    largest = sorted(code, key=lambda one: (-one.size, one.path))[:MOST]
    return name.lower().replace("_", "-"), [one.sha256[:ORIGINAL] for one in largest]


if __name__ == "__main__":
    sys.exit(main())
