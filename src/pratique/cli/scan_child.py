"""The main of a node's scanner: `python -m pratique.cli.scan_child IDLE SETUP FOLDER`. Whoever needs it starts it.

It holds no database, key or secret: artefacts come as descriptors over its socket, reports go back.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from pratique.cli.process_name import name_process
from pratique.scan.cage.cage import DETECTORS, Cage
from pratique.scan.cage.setup import Setup
from pratique.scan.shared.host import Host
from pratique.scan.shared.meeting import MeetingPoint, Taken


def main() -> None:
    """Be the scanner, unless another process is."""
    idle, setup, folder = sys.argv[1:]
    name_process("pratique scan")
    os.umask(0o077)
    os.chdir("/")
    with suppress(Taken), MeetingPoint(Path(folder)).hosted() as listening:
        Host(Cage(DETECTORS, msgspec.json.decode(setup, type=Setup)), listening, float(idle)).serve()


if __name__ == "__main__":
    main()
