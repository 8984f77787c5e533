"""One server to a data folder: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pratique.core.errors import Conflict
from pratique.settings.folder import DataFolder


@contextmanager
def sole_server(folder: DataFolder) -> Iterator[None]:
    """Hold the folder while the block runs.

    Raises:
        Conflict: another server holds it; the sentence names its process.
    """
    descriptor = os.open(folder.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            raise Conflict(
                f'another Pratique (process {holder}) runs on the data folder "{folder.root}"; '
                "stop it, or choose another folder with --data"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
