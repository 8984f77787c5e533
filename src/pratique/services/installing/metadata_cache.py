"""Separate metadata of upstream files, kept for the next resolver that asks."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from pratique.core.artifacts import Digests

_KEPT = 32 << 20


class MetadataContent(msgspec.Struct, frozen=True):
    """The bytes and their digest."""

    body: bytes
    sha256: str


class MetadataCache:
    """Recently fetched metadata of upstream files, by address and stated digests, bounded in bytes."""

    def __init__(self, max_bytes: int = _KEPT) -> None:
        self._max_bytes, self._bytes = max_bytes, 0
        self._kept: OrderedDict[tuple[int, str, Digests], MetadataContent] = OrderedDict()

    def get(self, key: tuple[int, str, Digests]) -> MetadataContent | None:
        """What is kept under upstream id, address and stated digests."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[int, str, Digests], content: MetadataContent) -> None:
        """Keep it; the least recently used goes."""
        if key in self._kept:
            return
        self._kept[key] = content
        self._bytes += len(content.body)
        while self._bytes > self._max_bytes:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone.body)
