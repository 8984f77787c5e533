"""Ask for a list of requests with wrk, and read what it says."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import cpu_seconds, on_core

SCRIPT = """
local asks, count, at = {}, 0, 0
function init(args)
  local file = io.open(args[1], "rb")
  for ask in file:read("*a"):gmatch("([^%z]+)%z") do count = count + 1; asks[count] = ask end
  file:close()
  at = tonumber(args[2]) % count
  local wait = tonumber(args[3])
  if wait > 0 then delay = function() return wait end end
end
function request() at = at % count + 1; return asks[at] end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('FIGURES {"requests":%d,"us":%d,"bytes":%d,"errors":%d,"p50":%d,"p99":%d}\\n',
    summary.requests, summary.duration, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Measured:
    """What one run of the load said.

    Attributes:
        rate: answers a second.
        cpu_us: of the server's processes, for each answer.
        cpu_share: of the wall time.
        p50: milliseconds.
        p99: milliseconds.
    """

    rate: float
    cpu_us: float
    cpu_share: float
    p50: float
    p99: float


class LoadFailed(Exception):
    """Something else was answered than what was asked for, or nothing at all."""


class Asks:
    """Requests as they go over the wire, in a file that wrk reads."""

    def __init__(self, path: Path, heads: Iterable[bytes]) -> None:
        self.path = path
        path.write_bytes(b"".join(head + b"\0" for head in heads))


def head(path: str, port: int, headers: Mapping[str, str]) -> bytes:
    """A GET."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Load:
    """wrk on its core: one thread, connections kept alive, each asks again as soon as it was answered."""

    def __init__(self, folder: Path, core: int) -> None:
        program = shutil.which("wrk")
        assert program is not None
        self._program, self._core, self._script = program, core, folder / "load.lua"
        self._script.write_text(SCRIPT)
        self._turns = random.Random(0)

    def run(
        self, asks: Asks, port: int, pids: Sequence[int], seconds: float, connections: int = 32, wait_ms: int = 0
    ) -> Measured:
        """Load a server for so long.

        Args:
            pids: the processes whose time is counted.
            wait_ms: what a connection waits between an answer and its next question.

        Raises:
            LoadFailed: with what wrk said.
        """
        command = [
            self._program,
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "60s",
            "-s",
            self._script,
        ]
        command += [f"http://127.0.0.1:{port}/", "--", asks.path, self._turns.randrange(1 << 20), wait_ms]
        before = cpu_seconds(pids)
        with on_core(self._core):
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
        used = cpu_seconds(pids) - before
        said = json.loads(done.stdout.partition("FIGURES ")[2].splitlines()[0])
        if said["errors"] or not said["requests"]:
            raise LoadFailed(f"the load was refused or broken: {done.stdout}{done.stderr}")
        wall = said["us"] / 1e6
        return Measured(
            said["requests"] / wall, used * 1e6 / said["requests"], used / wall, said["p50"] / 1e3, said["p99"] / 1e3
        )


def zipf(count: int, draws: int, source: random.Random) -> list[int]:
    """Places of a working set, each asked for in proportion to 1 / (place + 1)."""
    return source.choices(range(count), weights=[1 / (place + 1) for place in range(count)], k=draws)
