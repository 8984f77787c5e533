"""Which detectors there are, and in which version, without loading them: that is for the process that scans."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

_ID = re.compile(r'^ID = "([A-Za-z0-9-]+)"$', re.MULTILINE)
_VERSION = re.compile(r"^VERSION = (\d+)$", re.MULTILINE)


def version_of(detectors: Iterable[tuple[str, int]]) -> str:
    """What stands for some detectors, by id and version."""
    told = " ".join(f"{name}:{version}" for name, version in sorted(detectors))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@functools.cache
def rules_version() -> str:
    """What stands for all detectors and their versions: changes when any of them sees anything else."""
    found = []
    for path in Path(__file__).parent.glob("*.py"):
        source = path.read_text("utf-8")
        name, version = _ID.search(source), _VERSION.search(source)
        if name is not None and version is not None:
            found.append((name[1], int(version[1])))
    return version_of(found)
