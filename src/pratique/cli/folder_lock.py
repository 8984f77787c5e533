"""One server to a data folder: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from pratique.core.errors import Conflict
from pratique.settings.folder import DataFolder


class Holder(msgspec.Struct, frozen=True):
    """Who holds a folder, as the lock file tells.

    Attributes:
        pid: its supervisor.
        given: settings from its command line, which no file holds.
    """

    pid: int
    given: dict[str, Any]


@contextmanager
def sole_server(folder: DataFolder, given: Mapping[str, Any]) -> Iterator[None]:
    """Hold the folder while the block runs.

    Args:
        folder: what to hold.
        given: settings from the command line, for commands that act on the folder meanwhile.

    Raises:
        Conflict: another server holds it; the sentence names its process.
    """
    descriptor = os.open(folder.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read(descriptor)
            who = f"process {holder.pid}" if holder else "of an unknown process"
            raise Conflict(
                f'another Pratique ({who}) runs on the data folder "{folder.root}"; '
                "stop it, or choose another folder with --data"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, msgspec.json.encode(Holder(os.getpid(), dict(given))))
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def running_server(folder: DataFolder) -> Holder | None:
    """Who serves from the folder right now, None if nobody does. Takes no lock: that could stop a server's start."""
    try:
        descriptor = os.open(folder.lock_file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        holder = _read(descriptor)
    finally:
        os.close(descriptor)
    return holder if holder and _lives(holder.pid) else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read(descriptor: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(descriptor, 4_096, 0), type=Holder)
    except msgspec.DecodeError:
        return None
