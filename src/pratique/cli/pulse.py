"""Signs of life of a child, through a pipe to its supervisor.

They need neither disk nor database: a process that lives and cannot write must not be taken for a frozen one.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress

EVERY = 1.0
"""Seconds between two beats."""

_READY, _BEAT = b"r", b"."


class Pulse:
    """The child's end."""

    def __init__(self, descriptor: int) -> None:
        """Take over the pipe, which the supervisor may have let go by then."""
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)  # a supervisor that does not read must stop nobody

    def say_ready(self) -> None:
        """Say that this process works from now on."""
        with suppress(BrokenPipeError):  # the next beat finds out
            self._send(_READY)

    async def beat(self) -> None:
        """Show again and again that the event loop turns, until nobody listens any more."""
        with suppress(BrokenPipeError):
            while True:
                self._send(_BEAT)
                await asyncio.sleep(EVERY)

    def _send(self, sign: bytes) -> None:
        with suppress(BlockingIOError):
            os.write(self._descriptor, sign)


class SignsOfLife(asyncio.Protocol):
    """The supervisor's end: whether a child ever got ready, and since when nothing was heard of it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._heard: float | None = None
        self._ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._ended = asyncio.Event()
        self._transport: asyncio.BaseTransport | None = None

    async def listen(self, descriptor: int) -> None:
        """Read from the pipe until its end or `close`."""
        pipe = os.fdopen(descriptor, "rb", buffering=0)
        await asyncio.get_running_loop().connect_read_pipe(lambda: self, pipe)

    async def ready(self) -> bool:
        """Wait until the child says that it works; False if it ends without a word."""
        return await self._ready

    async def ended(self) -> None:
        """Wait until the child is gone: its end of the pipe is."""
        await self._ended.wait()

    @property
    def silent_for(self) -> float:
        """Seconds since the last sign; none before the first one, as loading a program may take its time."""
        return 0.0 if self._heard is None else self._monotonic() - self._heard

    def close(self) -> None:
        """Listen no more."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """For asyncio."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """For asyncio."""
        self._heard = self._monotonic()
        if _READY in data and not self._ready.done():
            self._ready.set_result(True)

    def connection_lost(self, exc: Exception | None) -> None:
        """For asyncio."""
        del exc
        self._ended.set()
        if not self._ready.done():
            self._ready.set_result(False)
