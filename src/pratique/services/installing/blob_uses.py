"""When stored blobs were last handed out, to the hour: written with the downloads, not for each of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from pratique.core.clock import HOUR, Instant

EVERY = HOUR
"""Milliseconds for which one note of a blob's use is enough."""

_REMEMBERED = 20_000


class BlobUses:
    """What this process has noted; it forgets the oldest and then notes them once more than was needed."""

    def __init__(self) -> None:
        self._noted: OrderedDict[str, Instant] = OrderedDict()
        self._new: dict[str, Instant] = {}

    def note(self, sha256: str, now: Instant) -> None:
        """A blob is handed out."""
        noted = self._noted.get(sha256)
        if noted is not None and 0 <= now - noted < EVERY:
            return
        self._noted[sha256] = self._new[sha256] = now
        self._noted.move_to_end(sha256)
        if len(self._noted) > _REMEMBERED:
            self._noted.popitem(last=False)

    def taken(self) -> Mapping[str, Instant]:
        """What is to be written now, once. What cannot be written is lost: the next use of the hour after tells it."""
        new, self._new = self._new, {}
        return new
