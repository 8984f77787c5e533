"""Scans in one cage, each with what it took."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.processes import cpu_seconds

from pratique.core.errors import PratiqueError
from pratique.scan.cage.cage import Cage
from pratique.scan.report import Report, Subject


@dataclass(frozen=True)
class Took:
    """One scan.

    Attributes:
        cpu: seconds of the worker's processor time; ticks of a hundredth, so only sums say much.
        wall: seconds until the report was there.
        packed: bytes of the artefact.
        peak: the most memory that the worker ever had so far, in MB.
    """

    name: str
    report: Report
    cpu: float
    wall: float
    packed: int
    peak: float


def scan_all(artefacts: Iterable[tuple[str, Subject, bytes | Path, bytes | None]], notes: list[str]) -> Iterator[Took]:
    """Scan artefacts (name, whose, content, the release before) one after the other; one that cannot be is a note."""
    with Cage() as cage:
        cage.start()
        for name, subject, content, previous in artefacts:
            descriptor = _opened(content)
            earlier = None if previous is None else _opened(previous)
            size = os.fstat(descriptor).st_size
            cage.start()  # a worker that was replaced is not part of the scan
            worker = cage.worker
            assert worker is not None
            before, began = cpu_seconds([worker]), time.perf_counter()
            try:
                report = cage.scan(subject, descriptor, earlier)
            except PratiqueError as error:
                notes.append(f"{name} could not be scanned: {error}")
                continue
            finally:
                os.close(descriptor)
                if earlier is not None:
                    os.close(earlier)
            wall = time.perf_counter() - began
            taken = max(0.0, cpu_seconds([worker]) - before)
            yield Took(name, report, taken, wall, size, peak_mb(worker))


def peak_mb(pid: int) -> float:
    """The most memory that a process ever had, in MB."""
    with suppress(OSError):  # it was replaced just now
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def _opened(content: bytes | Path) -> int:
    if isinstance(content, Path):
        return os.open(content, os.O_RDONLY)
    descriptor = os.memfd_create("artefact")
    os.write(descriptor, content)
    return descriptor
