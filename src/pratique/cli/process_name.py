"""What a process is called in `top` and `ps`, where all that were forked look alike."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_COMM = Path("/proc/self/comm")
"""Holds fifteen characters. Systems without it have another way, and no need: it is for people and benches only."""


def name_process(name: str) -> None:
    """Call this process so."""
    with suppress(OSError):
        _COMM.write_text(name, "ascii")
