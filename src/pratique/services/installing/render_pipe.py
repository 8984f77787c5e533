"""Messages between a web process and its render process: a length, then so many bytes."""

from __future__ import annotations

import os
import select
import time

_LENGTH = 8
_AT_ONCE = 1 << 20


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


def read_frame(descriptor: int, patience: float | None = None) -> bytearray:
    """Read one message.

    Args:
        patience: seconds until all of it must be there; None: for ever.

    Raises:
        Ended, Silent.
    """
    deadline = None if patience is None else time.monotonic() + patience
    return _read(descriptor, int.from_bytes(_read(descriptor, _LENGTH, deadline), "big"), deadline)


def _read(descriptor: int, length: int, deadline: float | None) -> bytearray:
    found = bytearray()
    while len(found) < length:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([descriptor], [], [], left)[0]:
            raise Silent
        piece = os.read(descriptor, min(_AT_ONCE, length - len(found)))
        if not piece:
            raise Ended
        found += piece
    return found
