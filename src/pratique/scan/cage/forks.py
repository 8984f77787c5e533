"""The outside's end of the caged fork server: workers that it splits off, and how they ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from pratique.processes.frames import Ended, Silent, read_frame
from pratique.scan.cage.messages import Task, Word
from pratique.scan.cage.setup import Setup

STARTED_WITHIN = 120.0
"""Seconds within which everything is loaded, on the slowest machine."""

MAX_WORD = 16 << 20
"""Bytes of what a worker says; a report of five hundred findings has a fiftieth of that."""

_PASSED_ON = frozenset({"LANG", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH"})
_ENDED_WITHIN = 2.0
_words = msgspec.msgpack.Decoder(Word)


class Worker:
    """One worker as it is seen from outside."""

    def __init__(self, link: socket.socket, pid: int) -> None:
        """Take over a worker that was split off."""
        self._link, self.pid, self.scanned = link, pid, 0
        self._process: int | None = None
        with suppress(OSError, AttributeError):  # holds the process itself: its number could become somebody else's
            self._process = os.pidfd_open(pid)

    def ask(self, task: Task, descriptors: Sequence[int], patience: float) -> Word:
        """Its answer to a task. Raises Ended, Silent or OSError."""
        socket.send_fds(self._link, [msgspec.msgpack.encode(task)], list(descriptors))
        return self.hear(patience)

    def hear(self, patience: float) -> Word:
        """Its next word. Raises Ended or Silent."""
        try:
            word: Word = _words.decode(read_frame(self._link.fileno(), patience, MAX_WORD))
        except msgspec.MsgspecError:
            raise Ended from None
        return word

    def kill(self) -> None:
        """End it at once."""
        self._link.close()
        with suppress(OSError):
            if self._process is None:
                os.kill(self.pid, signal.SIGKILL)
            else:
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
                os.close(self._process)


class CagedForks:
    """The fork server."""

    def __init__(self, detectors: str, setup: Setup) -> None:
        """Start it.

        Raises:
            OSError: no process can be started.
        """
        self._link, theirs = socket.socketpair()
        with theirs:
            told = (str(theirs.fileno()), detectors, msgspec.json.encode(setup).decode())
            self._process = subprocess.Popen(  # noqa: S603 (the command is ours)
                [sys.executable, "-P", "-m", "pratique.scan.cage.server", *told],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env={name: value for name, value in os.environ.items() if name in _PASSED_ON},
            )
        self._link.settimeout(STARTED_WITHIN)
        self._rest = b""
        self._ended: dict[int, int] = {}

    def split_off(self) -> Worker:
        """A new worker. Raises OSError or Ended if the fork server is gone or does not answer."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._link, [b"worker\n"], [theirs.fileno()])
            while True:
                what, pid, *status = self._line().split()
                if what == b"started":
                    return Worker(ours, int(pid))
                self._ended[int(pid)] = int(status[0])
        except BaseException:
            ours.close()
            raise

    def exit_code(self, worker: Worker) -> int | None:
        """The exit code of a worker that has ended, negative for a signal; None if nobody can tell."""
        self._link.settimeout(_ENDED_WITHIN)
        try:
            while worker.pid not in self._ended:
                what, pid, *status = self._line().split()
                if what == b"ended":
                    self._ended[int(pid)] = int(status[0])
        except (OSError, Ended, Silent):
            return None
        finally:
            self._link.settimeout(STARTED_WITHIN)
        return os.waitstatus_to_exitcode(self._ended.pop(worker.pid))

    def _line(self) -> bytes:
        while b"\n" not in self._rest:
            heard = self._link.recv(4_096)
            if not heard:
                raise Ended
            self._rest += heard
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def close(self) -> None:
        """End it and, as it is their parent, its workers."""
        self._link.close()
        self._process.kill()
        self._process.wait()
