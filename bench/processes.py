"""The processes of a running server: which there are, what each is for and what it takes; and programs on one core.

All that a server consists of is below its supervisor. What each is for it says itself, by its name in /proc: forked
processes all have the command line of the supervisor.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

MB = 1 << 20
TICK = os.sysconf("SC_CLK_TCK")
_OURS = "pratique "


class NoWebProcess(Exception):
    """Figures of a server without web processes would be figures of nothing."""


@dataclass(frozen=True)
class Taken:
    """What one process takes.

    Attributes:
        kind: `supervisor`, or what `role` says.
        rss: bytes of memory, shared ones too.
        pss: bytes of memory, of shared ones its share; 0 where the system does not tell.
    """

    pid: int
    kind: str
    rss: int
    pss: int
    descriptors: int
    threads: int


def family(root: int) -> list[int]:
    """A process and all below it, as far as they live; it comes first."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _fields(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [root]
    for one in found:
        found += children.get(one, [])
    return found


def role(pid: int) -> str:
    """What a process of ours is for: `web`, `jobs`, `forks` or `rend`; empty for others.

    Between its fork and its own name a process has the name of its parent, and is not that yet.
    """
    name = _name(pid)
    fields = _fields(pid)
    if not name.startswith(_OURS) or not fields or _name(int(fields[1])) == name:
        return ""
    return name.removeprefix(_OURS)


def web_pids(root: int) -> list[int]:
    """The web processes of the server whose supervisor is `root`. Raises NoWebProcess."""
    members = {pid: role(pid) for pid in family(root)}
    found = [pid for pid, what in members.items() if what == "web"]
    if not found:
        raise NoWebProcess(_none_among(root, members.values()))
    return found


def look(root: int) -> list[Taken]:
    """All processes of the server whose supervisor is `root`. Raises NoWebProcess."""
    found = [one for pid in family(root) if (one := _taken(pid, root)) is not None]
    if not any(one.kind == "web" for one in found):
        raise NoWebProcess(_none_among(root, [one.kind for one in found]))
    return found


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time together."""
    return sum(int(fields[11]) + int(fields[12]) for fields in map(_fields, pids) if fields) / TICK


def pss_mb(pids: Sequence[int]) -> float:
    """Memory in MB, shared pages divided among those who share them. Raises RuntimeError where nobody tells."""
    total = sum(map(_pss, pids))
    if not total:
        raise RuntimeError(f"/proc tells the PSS of none of the {len(pids)} processes {list(pids)}")
    return total / MB


class Peak:
    """The highest memory of the web processes while the `with` lasts, looked at twenty times a second."""

    def __init__(self, root: int) -> None:
        """Look for the first time. Raises NoWebProcess."""
        self._root, self._over = root, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.before = self.highest = web_rss(root)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            with suppress(NoWebProcess):  # one that ended comes back; whoever looks afterwards is told if it did not
                self.highest = max(self.highest, web_rss(self._root))

    @property
    def grown_mb(self) -> float:
        """How much more than before."""
        return round((self.highest - self.before) / MB, 1)


def web_rss(root: int) -> int:
    """Bytes of all web processes, shared ones too. Raises NoWebProcess."""
    return sum(one.rss for one in look(root) if one.kind == "web")


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


def _none_among(root: int, roles: Iterable[str]) -> str:
    known = ", ".join(sorted(one for one in roles if one)) or "none with a name of ours"
    return f"no process below {root} is called `pratique web`, so there is nothing to measure; found: {known}"


def _name(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").rstrip("\n")
    return ""


def _fields(pid: int) -> list[str]:
    """What `stat` says after the name: state, parent and so on; nothing if the process is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return []


def _taken(pid: int, root: int) -> Taken | None:
    folder = Path(f"/proc/{pid}")
    try:
        fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        descriptors = sum(1 for _ in (folder / "fd").iterdir())
    except OSError:
        return None
    if "VmRSS" not in fields:
        return None
    kind = "supervisor" if pid == root else role(pid) or "other"
    return Taken(pid, kind, _kilobytes(fields["VmRSS"]), _pss(pid), descriptors, int(fields["Threads"]))


def _pss(pid: int) -> int:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next((_kilobytes(line.split(":", 1)[1]) for line in lines if line.startswith("Pss:")), 0)
    return 0


def _kilobytes(text: str) -> int:
    return int(text.split()[0]) << 10
