"""What is lost and what is wrongly served while everything goes wrong: random faults under load on a whole deployment.

    python3 dev.py bench faults [--faults 300] [--seed N] [--nodes 2] [--minutes M] [--blobs s3] [--json]

Nodes of a supervisor, two web processes and a job process each share a PostgreSQL and a folder for files. People
publish, revoke, approve and install through all of them without a pause, and somebody outside writes down what was
acknowledged. Faults come in bursts that overlap; after each burst a canary has to be published and installed on every
node. What is lost or wrongly served is told with the seed and the latest events, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.faulting import wires
from bench.faulting.run import Course, run


def main() -> int:
    """Run it; the exit code says whether all was well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None, help="chooses faults and load; a random one by default")
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=30, help="begin no burst after that")
    parser.add_argument("--only", default="", help="only kinds of faults with this in their name")
    parser.add_argument("--blobs", choices=("folder", "s3"), default="folder", help="where the files of packages are")
    parser.add_argument("--together", action="store_true", help="make no namespaces, as where none are permitted")
    parser.add_argument("--json", action="store_true", help="print the figures as one object in the last line")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    apart = not options.together and wires.enter()
    course = Course(options.faults, seed, options.nodes, options.minutes, options.only, options.blobs == "s3")
    with tempfile.TemporaryDirectory(prefix="pratique-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL is somebody else
        figures, notes = asyncio.run(run(Path(folder), course, apart=apart, say=_say))
    for name, value in figures.items():
        _say(f"{name:40} {value:g}")
    if options.json:
        print(json.dumps({"bench": "faults", "figures": figures, "peers": {}, "notes": notes}))
    else:
        for note in notes:
            _say(note)
    return 1 if figures["lost"] or figures["wrongly_served"] or figures["not_recovered"] else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
