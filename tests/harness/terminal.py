"""A program in a terminal of its own, where it asks and a person types."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_PATIENCE = 60.0
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """One program, started; everything it shows is kept."""

    def __init__(self, command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        self._shown = b""
        self._process = subprocess.Popen(
            list(map(str, command)),
            cwd=cwd,
            env=dict(environment) | {"TERM": "dumb"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    @property
    def shown(self) -> str:
        """What stands in the terminal, without colours and carriage returns."""
        return _COLOURS.sub("", self._shown.decode("utf-8", "replace")).replace("\r", "")

    def until(self, pattern: str) -> re.Match[str]:
        """Wait until the terminal shows this; fail with all it shows if it never does."""
        deadline = time.monotonic() + _PATIENCE
        while (found := re.search(pattern, self.shown)) is None:
            if not self._read(deadline):
                self.end()
                raise AssertionError(f"never shown: {pattern}\n{self.shown}")
        return found

    def types(self, line: str) -> None:
        """Type a line and press Enter."""
        os.write(self._ours, f"{line}\n".encode())

    def end(self) -> int:
        """Wait for the program's end and return its exit code; whoever does not end is killed."""
        deadline = time.monotonic() + _PATIENCE
        while self._read(deadline):
            pass
        try:
            return self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            return self._process.wait()
        finally:
            os.close(self._ours)

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            chunk = os.read(self._ours, 65_536)
        except OSError:  # how Linux says that nobody holds the other end any more
            return False
        self._shown += chunk
        return bool(chunk)
