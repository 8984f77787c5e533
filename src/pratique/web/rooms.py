"""Room for files on their way to a connection, used again as soon as it is passed on: a fresh megabyte costs more."""

from __future__ import annotations

import asyncio
from collections import deque

MOST = 16
"""Rooms that are remembered, free and lent ones; those of more slow readers are forgotten and go with their bytes."""


class Rooms:
    """Buffers of one size. One of these for each event loop."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._free: list[bytearray] = []
        self._lent: deque[tuple[bytearray, asyncio.WriteTransport]] = deque(maxlen=MOST)

    def take(self) -> bytearray:
        """A room that nobody uses; what stands in it is of no meaning."""
        for _ in range(len(self._lent)):
            room, transport = self._lent.popleft()
            self.lend(room, transport)
        return self._free.pop() if self._free else bytearray(self._size)

    def lend(self, room: bytearray, transport: asyncio.WriteTransport) -> None:
        """A part of the room was written to a connection, which may not have passed all of it on yet."""
        if transport.get_write_buffer_size():
            self._lent.append((room, transport))
        elif len(self._free) < MOST:
            self._free.append(room)
