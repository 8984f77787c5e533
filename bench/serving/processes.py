"""Processes on one core or the other, and what the kernel says that they used."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

TICK = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[int, int]:
    """The core of whatever serves and the core of whatever asks; one and the same where there is only one."""
    available = sorted(os.sched_getaffinity(0))
    return available[0], available[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started inside stays on one core."""
    usual = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, usual)


class Program:
    """A program that serves on a port, started on one core and ended with the `with`."""

    def __init__(
        self,
        command: Sequence[str | Path],
        port: int,
        core: int | None,
        *,
        output: Path,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.command, self.port, self.core, self.output = [str(word) for word in command], port, core, output
        self._cwd, self._environment = cwd, environment
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        log: IO[bytes] = self.output.open("ab")
        with on_core(self.core) if self.core is not None else nullcontext(), log:
            self.process = subprocess.Popen(
                self.command, cwd=self._cwd, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        wait_for(self.port, self.process, self.output)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def pids(self) -> list[int]:
        """The process and all below it."""
        assert self.process is not None
        return family(self.process.pid)


def wait_for(port: int, process: subprocess.Popen[bytes], output: Path, seconds: float = 60) -> None:
    """Return once somebody listens there. Raises RuntimeError with what the program said if it ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{Path(process.args[0]).name} does not listen: {output.read_text(errors='replace')[-2000:]}")  # type: ignore[index]


def family(pid: int) -> list[int]:
    """A process and all below it, as far as they live."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def role(pid: int) -> str:
    """What a process of ours is for: `web`, `jobs` and so on, as its command line says; empty for others."""
    with suppress(OSError):
        _, found, rest = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").partition('"role":"')
        return rest.partition('"')[0] if found else ""
    return ""


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time together."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


def pss_mb(pids: Sequence[int]) -> float:
    """Memory in MB, shared pages divided among those who share them."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
