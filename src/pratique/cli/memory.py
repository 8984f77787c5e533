"""How a process asks the system for memory: large pieces, which documents and files are, are given back when freed."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Of `mallopt(3)`."""

_LARGE = 2 << 20
"""Bytes; pieces from here on are given back to the system at once, and never kept for a later one.

Below it are the pieces that an answer is written in: a fresh megabyte costs more than to fill it.
"""

_KEPT = 4 << 20
"""Bytes at the end of what was asked for that are kept for later."""

_ARENAS = 2
"""The usual number, eight for each core, lets every thread keep what it once needed."""


def give_back_large_pieces() -> None:
    """Ask for it once, at a process's start; nothing happens where the C library is not glibc.

    Left alone it takes the largest piece that was ever freed (up to 32 MB) for usual, and keeps as much for later: a
    process that has read a few large documents stays hundreds of megabytes larger than what it holds.
    """
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_TRIM_THRESHOLD, _KEPT)
        libc.mallopt(_ARENA_MAX, _ARENAS)
