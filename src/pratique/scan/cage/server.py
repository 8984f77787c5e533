"""The process that has everything loaded, confines itself, and splits off workers. Started and spoken to by `cage`.

`python -P -m pratique.scan.cage.server DESCRIPTOR DETECTORS SETUP`
"""

from __future__ import annotations

import gc
import importlib
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import msgspec

from pratique.core.errors import PratiqueError
from pratique.core.ports import ReadAt
from pratique.processes.forking import serve_forks
from pratique.processes.frames import Ended, write_frame
from pratique.scan.cage.confine import allow_processor_time, confine_for_good, confine_worker
from pratique.scan.cage.messages import Done, Measure, Ready, Refused, Task, Word
from pratique.scan.cage.setup import Setup
from pratique.scan.detectors.contract import Detector
from pratique.scan.engine import scan
from pratique.scan.report import Report, report_unfinished
from pratique.scan.warm_up import warm_up

MAX_TASK = 1 << 16
_STDERR = 2
_tasks = msgspec.msgpack.Decoder(Task)


class Descriptor:
    """An artefact that lies behind a descriptor."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor, self._size = descriptor, size

    @property
    def size(self) -> int:
        """Total bytes."""
        return self._size

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`."""
        wanted = max(0, min(length, self._size - offset))
        content = os.pread(self._descriptor, wanted, offset)
        while content and len(content) < wanted and (more := self._more(offset, wanted, content)):
            content += more
        return content

    def _more(self, offset: int, wanted: int, content: bytes) -> bytes:
        return os.pread(self._descriptor, wanted - len(content), offset + len(content))


def main() -> None:
    """Load, warm up, confine, and serve."""
    link, where, setup = socket.socket(fileno=int(sys.argv[1])), sys.argv[2], sys.argv[3]
    limits = msgspec.json.decode(setup, type=Setup)
    detectors = load_detectors(where)
    warm_up(detectors, limits.scan)
    os.environ.clear()
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, _STDERR)  # nobody is to read on a terminal what an artefact has a worker say
    os.close(silent)
    measures = confine_for_good()
    gc.collect()
    gc.freeze()

    def become(_order: str, descriptors: list[int]) -> NoReturn:
        (mine,) = descriptors
        try:
            with suppress(Ended, OSError):
                Worker(socket.socket(fileno=mine), detectors, limits).work(measures)
            os._exit(0)
        finally:
            os._exit(1)  # at once: a library that panicked may not let the interpreter end

    serve_forks(link, become)


def load_detectors(where: str) -> Sequence[Detector]:
    """Detectors by where they are, as in `pratique.scan.detectors.registry:DETECTORS`."""
    module, _, attribute = where.partition(":")
    found: Sequence[Detector] = getattr(importlib.import_module(module), attribute)
    return found


class Worker:
    """One caged worker: scans what it is sent, one artefact after the other."""

    def __init__(self, link: socket.socket, detectors: Sequence[Detector], limits: Setup) -> None:
        self._link, self._detectors, self._limits = link, detectors, limits

    def work(self, measures: tuple[Measure, ...]) -> None:
        """Answer tasks until whoever sends them is gone.

        Raises:
            Ended: that is so.
        """
        own = confine_worker(self._limits.cage)
        self._say(Ready((*measures, *own, self._proof())))
        while True:
            order, descriptors, _flags, _address = socket.recv_fds(self._link, MAX_TASK, 2)
            if not order:
                return
            try:
                self._say(self._answer(_tasks.decode(order), descriptors))
            finally:
                for descriptor in descriptors:
                    os.close(descriptor)

    def _proof(self) -> Measure:
        """That everything can look in here as it did outside."""
        try:
            warm_up(self._detectors, self._limits.scan)
        except RuntimeError as error:
            return Measure("every detector works in here", holds=False, note=str(error))
        return Measure("every detector works in here", holds=True)

    def _answer(self, task: Task, descriptors: list[int]) -> Done | Refused:
        with suppress(ValueError, OSError):  # the whole life's limit is reached: the kernel ends it
            allow_processor_time(self._limits.cage.processor)
        try:
            return Done(task.number, self._scanned(task, descriptors))
        except PratiqueError as error:
            return Refused(task.number, str(error))

    def _scanned(self, task: Task, descriptors: list[int]) -> Report:
        artefact = Descriptor(descriptors[0], task.size)
        previous: ReadAt | None = None
        if task.previous_size is not None:
            previous = Descriptor(descriptors[1], task.previous_size)
        try:
            return scan(task.subject, artefact, previous, self._detectors, self._limits.scan)
        except MemoryError:
            return report_unfinished(task.subject, "looking at it takes more memory than it may have")
        except PratiqueError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, a person must look, and the next one has its turn
            return report_unfinished(task.subject, f"it failed with {type(error).__name__}")

    def _say(self, word: Word) -> None:
        write_frame(self._link.fileno(), msgspec.msgpack.encode(word))


if __name__ == "__main__":
    main()
