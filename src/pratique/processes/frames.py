"""Messages between two processes: a length, then so many bytes."""

from __future__ import annotations

import os
import select
import time

_LENGTH = 8
_AT_ONCE = 1 << 20

LONGEST = 1 << 29
"""Bytes of a message; nothing that is asked or answered comes near it."""


class Ended(Exception):
    """The other side is not there any more."""


class Silent(Exception):
    """The other side does not answer."""


def write_frame(descriptor: int, message: bytes) -> None:
    """Write one message. Raises Ended."""
    left = memoryview(len(message).to_bytes(_LENGTH, "big") + message)
    try:
        while left:
            left = left[os.write(descriptor, left) :]
    except BrokenPipeError as error:
        raise Ended from error


def read_frame(descriptor: int, patience: float | None = None, longest: int = LONGEST) -> bytearray:
    """Read one message.

    Args:
        descriptor: of the pipe.
        patience: seconds until all of it must be there; None: for ever.
        longest: bytes of a message that is read.

    Raises:
        Ended: also where what comes is no message.
        Silent: it is not there in time.
    """
    deadline = None if patience is None else time.monotonic() + patience
    length = int.from_bytes(_read(descriptor, _LENGTH, deadline), "big")
    if length > longest:
        raise Ended
    return _read(descriptor, length, deadline)


def _read(descriptor: int, length: int, deadline: float | None) -> bytearray:
    found = bytearray()
    waiting = select.poll()  # `select` knows no descriptor from 1,024 on
    waiting.register(descriptor, select.POLLIN)
    while len(found) < length:
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1_000
        if not waiting.poll(left):
            raise Silent
        piece = os.read(descriptor, min(_AT_ONCE, length - len(found)))
        if not piece:
            raise Ended
        found += piece
    return found
