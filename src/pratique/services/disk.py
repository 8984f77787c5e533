"""When the disk refuses: a sentence for whoever waits, and nothing half-kept."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pratique.core.errors import DiskFull, Unavailable
from pratique.store.reserve import Reserve

T = TypeVar("T")

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Error numbers of writing where there is no room: the disk is full, or what this user or process may use of it."""

DISK_IS_FULL = "the disk of the data folder is full, and this needs to write; make room and try again"


def refused_by_disk(error: OSError) -> Unavailable:
    """The failure to tell a client when bytes cannot be written or read."""
    if isinstance(error, Unavailable):  # an object store has said it
        return error
    if error.errno in NO_ROOM:
        return DiskFull(
            "the server's disk is full, so the file cannot be stored; ask its operator to make room", retry_after=60
        )
    why = error.strerror or type(error).__name__
    return Unavailable(f"the server cannot write the file ({why}); ask its operator", retry_after=60)


async def at_all_costs(reserve: Reserve, write: Callable[[], Awaitable[T]]) -> T:
    """Write what cannot wait until somebody has made room: on a full disk with the help of the reserve.

    Args:
        reserve: some of it is given up each time that there is no room.
        write: one transaction; it is begun anew.

    Raises:
        DiskFull: also without any reserve there is no room; nothing was changed.
    """
    while True:
        try:
            return await write()
        except DiskFull:
            if not await asyncio.to_thread(reserve.give_up_some):
                raise
