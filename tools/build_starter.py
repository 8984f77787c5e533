"""Rebuild the starter set of known malware from a folder of OSV exports.

    python tools/build_starter.py FOLDER

FOLDER holds `<OSV ecosystem>/all.zip`. Only records of the malicious-packages collection (`MAL-`) go in,
without withdrawn ones; no text of theirs but names, ids, dates and versions is kept.
"""

from __future__ import annotations

import lzma
import sys
from pathlib import Path

import msgspec

from pratique.advisories.affected import unpack
from pratique.advisories.evaluation import covers_every_version
from pratique.advisories.import_files import read_zip
from pratique.advisories.record import MALWARE_PREFIX, Advisory, Rejected
from pratique.advisories.starter import StarterHeader, StarterRow
from pratique.core.clock import DAY, Instant, to_iso
from pratique.core.names import EcosystemId

TARGET = Path(__file__).parent.parent / "src/pratique/advisories/data/starter.xz"
ORDER = ("npm", "PyPI", "RubyGems", "NuGet", "crates.io", "Maven")
XZ = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 2 << 20}]
"""The dictionary is as large as the data: a reader sets aside that much memory."""


def main(folder: Path) -> None:
    """Read, pack, write, and say what it was."""
    rows: dict[str, list[StarterRow]] = {}
    newest = Instant(0)
    for osv_name in ORDER:
        for one in read_zip(folder / osv_name / "all.zip", {osv_name: (EcosystemId(osv_name), str)}):
            if isinstance(one, Rejected):
                sys.stderr.write(f"{osv_name}/{one.source} {one.why}\n")
            elif one.id.startswith(MALWARE_PREFIX) and not one.withdrawn:
                rows.setdefault(osv_name, []).append(_row(one))
                newest = max(newest, one.modified)
    content = pack_starter(newest, rows)
    TARGET.write_bytes(content)
    counts = ", ".join(f"{name} {len(some)}" for name, some in rows.items())
    sys.stdout.write(f"{TARGET.name}: {len(content)} bytes, as of {to_iso(newest)}: {counts}\n")


def pack_starter(as_of: Instant, rows: dict[str, list[StarterRow]]) -> bytes:
    """The data file for these rows, by OSV's name of the ecosystem."""
    header = StarterHeader(as_of, tuple((name, len(some)) for name, some in rows.items()))
    lines = [msgspec.json.encode(header).decode()]
    for some in rows.values():
        ordered = sorted(some, key=lambda row: (row.name, row.number))
        lines += [getattr(row, column) for column in StarterRow.__struct_fields__ for row in ordered]
    return lzma.compress("\n".join(lines).encode(), filters=XZ)


def _row(one: Advisory) -> StarterRow:
    return StarterRow(
        one.name,
        one.id.removeprefix(MALWARE_PREFIX),
        str(one.published // DAY),
        str(one.modified // DAY),
        _versions(one.affected),
    )


def _versions(affected: str) -> str:
    if covers_every_version(affected):
        return "*"
    known = unpack(affected)
    plain = not known.ranges and not any(" " in version or version.startswith("{") for version in known.versions)
    return " ".join(known.versions) if plain else affected


if __name__ == "__main__":
    main(Path(sys.argv[1]))
