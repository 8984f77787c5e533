"""What the kernel would confine a worker by, without loading anything of the scanner: a matter of a tenth of a second.

`python -P -m pratique.scan.cage.probe` takes the measures for itself, says which it got, and ends.
"""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec

from pratique.scan.cage.confine import CageLimits, confine_for_good, confine_worker
from pratique.scan.cage.messages import Measure

PATIENCE = 30.0
_STDOUT = 1
_PASSED_ON = frozenset({"LANG", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH"})
_measures = msgspec.json.Decoder(tuple[Measure, ...])


def main() -> None:
    """Take the measures and tell them."""
    taken = (*confine_for_good(), *confine_worker(CageLimits()))
    os.write(_STDOUT, msgspec.json.encode(taken))


def measures_here() -> tuple[Measure, ...]:
    """What the kernel gives on this machine; empty if that cannot be found out."""
    try:
        told = subprocess.run(
            [sys.executable, "-P", "-m", "pratique.scan.cage.probe"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=PATIENCE,
            check=True,
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if name in _PASSED_ON},
        )
        return _measures.decode(told.stdout)
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError):
        return ()


if __name__ == "__main__":
    main()
