"""How fast marks are found, by themselves: all JavaScript and all Python of a folder of artefacts, one text each.

python3 -m bench.scanning.marks FOLDER
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.scan import ECOSYSTEMS

from pratique.core.ecosystem import ArchiveLimits
from pratique.formats.archive_rules import Member
from pratique.formats.file_kind import FileKind, kind_of
from pratique.formats.survey import PiecesAt, survey
from pratique.scan.reading.marks import groups_of, marks_of

MOST = 8_000_000
"""Bytes of one language that are looked through."""


def main() -> int:
    """Print MB/s of processor time for places and for groups."""
    texts = {FileKind.JAVASCRIPT: bytearray(), FileKind.PYTHON: bytearray()}
    for path in sorted(one for name in ECOSYSTEMS for one in (Path(sys.argv[1]) / name).glob("*")):
        for found in survey(PiecesAt([path.read_bytes()]), ArchiveLimits()):
            if isinstance(found, Member) and found.kind == "file":
                content = b"".join(found.chunks())
                kind = kind_of(found.name, content[:4096])
                if kind in texts and len(texts[kind]) < MOST:
                    texts[kind] += content
    for kind, held in texts.items():
        text = bytes(held)
        marks_of(b"", kind)
        for what, look in (("places", marks_of), ("groups", groups_of)):
            began = time.process_time()
            look(text, kind)
            print(f"{kind.value} {what}: {len(text) / 1e6 / (time.process_time() - began):.0f} MB/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
