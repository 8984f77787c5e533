"""The node's scanner as the event loop sees it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from pratique.core.errors import Unavailable
from pratique.core.ports import HasDescriptor, ReadAt
from pratique.scan.report import Report, Subject
from pratique.scan.shared.guest import Guest
from pratique.scan.shared.meeting import MeetingPoint
from pratique.scan.shared.messages import Ask, State
from pratique.scan.shared.turns import Hurry

AT_ONCE = 16
"""Artefacts of one hurry that one process has waiting at the scanner; it scans one after the other anyway."""

_PIECE = 1 << 20


class Scanner:
    """Has artefacts scanned by the process that all of a node share. One for each loop."""

    def __init__(self, folder: Path, command: Sequence[str], patience: float) -> None:
        """Prepare; nothing is started.

        Args:
            folder: of the server's data, where the scanner is met.
            command: starts one.
            patience: seconds until a report must be there, others' turns before it included.
        """
        self._guest = Guest(MeetingPoint(folder), command, patience)
        self._is_closed = False
        # Threads of their own for each: who publishes much keeps nobody from asking for what he installs.
        self._threads = {one: ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"scan-{one.name}") for one in Hurry}

    async def scan(
        self,
        subject: Subject,
        artefact: ReadAt,
        previous: ReadAt | None = None,
        *,
        key: str = "",
        hurry: Hurry = Hurry.NOBODY,
        whose: str = "",
    ) -> Report:
        """What a scan finds in an artefact. One at which the scanner fails has a report that says so.

        Args:
            subject: whose it is.
            artefact: its bytes.
            previous: those of the release before.
            key: stands for all of that; whoever asks for the same at the same time waits for the same scan.
            hurry: who waits for it.
            whose: turns are shared out among these.

        Raises:
            Invalid: there is nothing in it to scan.
            Unavailable: there is no scanner, or it has too much to do.
            OSError: the bytes cannot be read.
        """
        if self._is_closed:
            raise Unavailable("the server is being stopped; try again")
        work = partial(self._scan, Ask(subject, key, hurry, whose), artefact, previous)
        return await asyncio.get_running_loop().run_in_executor(self._threads[hurry], work)

    def _scan(self, ask: Ask, artefact: ReadAt, previous: ReadAt | None) -> Report:
        descriptors: list[int] = []
        try:
            for one in (artefact, previous):
                if one is not None:
                    descriptors.append(read_only(one))
            return self._guest.scan(ask, descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    async def state(self) -> State | None:
        """How the scanner is; None if there is none, as nothing was to be scanned of late."""
        return await asyncio.to_thread(self._guest.state)

    async def close(self) -> None:
        """Go away; whoever still waits is told to try again. Safe to call twice."""
        self._is_closed = True
        await asyncio.to_thread(self._guest.close)
        for threads in self._threads.values():
            threads.shutdown(wait=False)


def read_only(artefact: ReadAt) -> int:
    """A descriptor by which an artefact can be read and not written; where it is in no file, of a copy in memory.

    Raises:
        OSError: it cannot be read.
    """
    if isinstance(artefact, HasDescriptor):
        return artefact.read_only()
    copy = os.memfd_create("artefact", os.MFD_CLOEXEC)
    try:
        offset = 0
        while offset < artefact.size:
            piece = artefact.read_at(offset, _PIECE)
            if not piece:
                raise OSError("the artefact ends before its end")
            offset += os.write(copy, piece)
        return _reopened(copy)
    finally:
        os.close(copy)


def _reopened(descriptor: int) -> int:
    return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
