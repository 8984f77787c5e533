"""What the processes of a running server take: memory, descriptors and threads, read from /proc."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

MB = 1 << 20


@dataclass(frozen=True)
class Taken:
    """What one process takes.

    Attributes:
        kind: `supervisor`, `web` or `job`.
        rss: bytes of memory, shared ones too.
        pss: bytes of memory, of shared ones its share; 0 where the system does not tell.
    """

    pid: int
    kind: str
    rss: int
    pss: int
    descriptors: int
    threads: int


def look(root: int) -> list[Taken]:
    """All processes of the server whose first one is `root`."""
    found = (_taken(pid) for pid in _family(root))
    return [one for one in found if one is not None]


def total_rss(root: int, kind: str = "") -> int:
    """Bytes of all of them, or of one kind."""
    return sum(one.rss for one in look(root) if kind in ("", one.kind))


class Peak:
    """The highest memory of the web processes while the `with` lasts, looked at twenty times a second."""

    def __init__(self, root: int) -> None:
        self._root, self._over = root, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.before = self.highest = total_rss(root, "web")

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.highest = max(self.highest, total_rss(self._root, "web"))

    @property
    def grown_mb(self) -> float:
        """How much more than before."""
        return round((self.highest - self.before) / MB, 1)


def _family(root: int) -> list[int]:
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "stat").read_text()
            except OSError:
                continue
            parents[int(folder.name)] = int(status.rpartition(")")[2].split()[1])
    members, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in members} - members
        members, grown = members | more, bool(more)
    return sorted(members)


def _taken(pid: int) -> Taken | None:
    folder = Path(f"/proc/{pid}")
    try:
        fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        descriptors = sum(1 for _ in (folder / "fd").iterdir())
        command = (folder / "cmdline").read_bytes()
    except OSError:
        return None
    if "VmRSS" not in fields:
        return None
    return Taken(pid, _kind(command), _kilobytes(fields["VmRSS"]), _pss(folder), descriptors, int(fields["Threads"]))


def _kind(command: bytes) -> str:
    if b"pratique.cli.child" not in command:
        return "supervisor"
    roles = Counter({role: command.count(f'"{role}"'.encode()) for role in ("web", "job", "jobs")})
    return roles.most_common(1)[0][0]


def _pss(folder: Path) -> int:
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((_kilobytes(line.split(":", 1)[1]) for line in lines if line.startswith("Pss:")), 0)


def _kilobytes(text: str) -> int:
    return int(text.split()[0]) << 10
