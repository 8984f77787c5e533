"""When the disk refuses: a sentence for whoever waits, and nothing half-kept."""

from __future__ import annotations

import errno

from pratique.core.errors import DiskFull, Unavailable

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Error numbers of writing where there is no room: the disk is full, or what this user or process may use of it."""

DISK_IS_FULL = "the disk of the data folder is full, and this needs to write; make room and try again"


def refused_by_disk(error: OSError) -> Unavailable:
    """The failure to tell a client when bytes cannot be written or read."""
    if error.errno in NO_ROOM:
        return DiskFull(
            "the server's disk is full, so the file cannot be stored; ask its operator to make room", retry_after=60
        )
    why = error.strerror or type(error).__name__
    return Unavailable(f"the server cannot write the file ({why}); ask its operator", retry_after=60)
