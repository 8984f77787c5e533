"""Whether a process failed for want of room on a disk, whoever found out."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from pratique.core.errors import DiskFull
from pratique.services.disk import DISK_IS_FULL, NO_ROOM
from pratique.store.dialects import as_unavailable


def why_no_room(error: BaseException) -> str | None:
    """The sentence if a full disk is behind an error, else None."""
    behind: BaseException | None = error
    seen: set[int] = set()
    while behind is not None and id(behind) not in seen:  # one raised from itself has no end
        seen.add(id(behind))
        if isinstance(behind, DBAPIError):
            behind = as_unavailable(behind) or behind
        if isinstance(behind, DiskFull):
            return str(behind)
        if isinstance(behind, OSError) and behind.errno in NO_ROOM:
            return DISK_IS_FULL
        behind = behind.__cause__
    return None
